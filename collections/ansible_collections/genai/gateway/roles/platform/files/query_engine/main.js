'use strict'
// Stands in for Prisma's native query engine: same command line, same HTTP routes, same GraphQL
// in and out, so that prisma-client-py starts it and talks to it as it is. Behind it runs the
// WebAssembly build of that engine, with `pg` doing the talking to Postgres.
//
// What differs: its metrics are empty; parameters of raw SQL take the type that the query gives
// them, where the native engine refuses some; it has one thread, and a query costs some
// milliseconds more; connections are not encrypted, and asking for it is refused.

const fs = require('node:fs')
const os = require('node:os')
const { parseArgs } = require('node:util')
const { connectionSettings } = require('./connection.js')
const { adapterFor, openPool } = require('./database.js')
const { databaseUrl, readModels } = require('./datamodel.js')
const { ENGINE_VERSION, createEngine } = require('./engine.js')
const { outage } = require('./failures.js')
const { createServer, listen } = require('./server.js')
const { Service } = require('./service.js')

const PARENT_CHECK = 1000 // milliseconds

// Never a whole error object: some carry their input, and with it a URL's password.
function log(line) {
  process.stderr.write(`query engine: ${String(line).trimEnd()}\n`)
}

function leave(error) {
  log(error?.stack ?? error)
  process.exit(1)
}

function commandLine() {
  const options = { version: { type: 'boolean' }, port: { type: 'string', short: 'p' } }
  return parseArgs({ options, strict: false }).values // the native engine has more of them
}

// Whoever started this engine is gone (killed, perhaps): nobody will stop it any more. The launcher
// tells who it was, for by now that may already have happened.
function leaveWithParent() {
  const parent = Number(process.env.QUERY_ENGINE_PARENT) || process.ppid
  const check = () => process.ppid !== parent && process.exit(0)
  check()
  setInterval(check, PARENT_CHECK).unref()
}

// A fault that nobody foresaw leaves the engine in an unknown state, a panic in the WebAssembly
// for good. It is said, and the client starts a new one.
function onFault(error) {
  if (error instanceof WebAssembly.RuntimeError) leave(error)
  if (error.code !== 'ECONNRESET') log(error.stack) // that one: the client hung up
}

async function createService() {
  const datamodel = fs.readFileSync(process.env.PRISMA_DML_PATH, 'utf8')
  const settings = connectionSettings(databaseUrl(datamodel, process.env), os.availableParallelism())
  const pool = openPool(settings, log)
  const adapter = adapterFor(pool, settings.schema)
  const engine = createEngine(datamodel, adapter, log)
  await engine.connect('{}')
  await pool.query('SELECT 1').catch((error) => {
    throw outage(error, settings).user_facing_error.message
  })
  return new Service(readModels(datamodel), engine, adapter.errorRegistry, settings)
}

async function main() {
  const { version, port } = commandLine()
  if (version) return console.log(`query-engine ${ENGINE_VERSION}`)
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0))
  leaveWithParent()
  const service = await createService()
  await listen(() => createServer(service, onFault), Number(port))
}

process.on('uncaughtException', leave)
process.on('unhandledRejection', leave)
main().catch((error) => leave(error?.message ?? error))
