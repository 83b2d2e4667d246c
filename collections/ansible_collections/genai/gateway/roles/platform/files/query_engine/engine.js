'use strict'
// The WebAssembly build of Prisma's query engine, as @prisma/client ships it for edge runtimes.

const fs = require('node:fs')
const path = require('node:path')
const { enginesVersion } = require('@prisma/engines-version')

const RUNTIME = path.join(path.dirname(require.resolve('@prisma/client')), 'runtime')

/** The commit of prisma-engines that it was built from. */
const ENGINE_VERSION = enginesVersion.split('.').pop()

/**
 * @param {string} datamodel  the text of schema.prisma
 * @param {object} adapter  of database.js
 * @param {(line: string) => void} log
 */
function createEngine(datamodel, adapter, log) {
  const glue = require(path.join(RUNTIME, 'query_engine_bg.postgresql.js'))
  const wasm = fs.readFileSync(path.join(RUNTIME, 'query_engine_bg.postgresql.wasm'))
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), { './query_engine_bg.js': glue })
  glue.__wbg_set_wasm(instance.exports)
  const settings = {
    // It takes a driver adapter only where the schema asks for it.
    datamodel: datamodel.replace(/(generator\s+\w+\s*\{)/, '$1\n  previewFeatures = ["driverAdapters"]'),
    env: {}, // the connection is the adapter's: no variable is looked up
    datasourceOverrides: {},
    ignoreEnvVarErrors: true,
    configDir: '.',
    logLevel: 'error',
    logQueries: false,
    engineProtocol: 'json',
  }
  return new glue.QueryEngine(settings, log, adapter)
}

module.exports = { ENGINE_VERSION, createEngine }
