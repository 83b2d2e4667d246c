'use strict'
// Postgres: a pool of `pg`, and the driver adapter through which the engine uses it.

const { types, Pool } = require('pg')
const { PrismaPg } = require('@prisma/adapter-pg')
const { bindAdapter } = require('@prisma/driver-adapter-utils')
const { isOutage } = require('./failures.js')

// Types of Postgres's own catalogs, which the adapter refuses and the native engine reads
// as text: "char", name, interval, regclass, void, name[].
const TEXT = 25
const TEXT_ARRAY = 1009
const READ_AS = new Map([[18, TEXT], [19, TEXT], [1186, TEXT], [2205, TEXT], [2278, TEXT], [1003, TEXT_ARRAY]])

/** @param {object} settings  of connection.js */
function openPool(settings, log) {
  const pool = new Pool(settings.pool)
  // A connection may break at any time, also while a transaction holds it and sends nothing.
  // Without a listener that would end the process; with one, the pool opens another in time.
  pool.on('connect', (client) => client.on('error', (error) => log(`database connection lost: ${error.message}`)))
  pool.on('error', () => {}) // the same again, for connections that lay idle
  return pool
}

/** The driver adapter that the WebAssembly engine is given. */
function adapterFor(pool, schema) {
  for (const [type, as] of READ_AS) types.setTypeParser(type, types.getTypeParser(as))
  return bindAdapter(new PrismaPg(pool, { schema }))
}

// Both a pool's queries and a transaction's go through this one method of the adapter.
const shared = Object.getPrototypeOf(PrismaPg.prototype)
const performIO = shared.performIO
shared.performIO = async function (query) {
  const result = await performIO.call(this, query)
  if (!result.ok) {
    // The engine takes what is returned for a fault of the statement, what is thrown for one of the driver.
    if (isOutage(result.error.code)) throw Object.assign(new Error(result.error.message), { code: result.error.code })
    return result
  }
  for (const field of result.value.fields ?? []) field.dataTypeID = READ_AS.get(field.dataTypeID) ?? field.dataTypeID
  return result
}

module.exports = { adapterFor, openPool }
