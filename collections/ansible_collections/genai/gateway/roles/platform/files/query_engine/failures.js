'use strict'
// Errors in the form and with the codes of the native engine, by which its clients tell them apart.

/** One entry of an answer's `errors`. */
function failure(code, message, meta = {}) {
  return { error: message, user_facing_error: { is_panic: false, message, meta, error_code: code } }
}

// SQLSTATE -> Prisma's code, for what Postgres says about connections and not about statements
const OUTAGES = new Map([
  ['28P01', 'P1000'], // wrong password
  ['28000', 'P1000'], // no such role, or pg_hba.conf
  ['3D000', 'P1003'], // no such database
  ['53300', 'P2037'], // too many connections
  ['57P01', 'P1017'], // terminated by an administrator, or by a shutdown
  ['57P02', 'P1017'], // terminated by another backend's crash
  ['57P03', 'P1001'], // starting up, shutting down, recovering
])
const POOL_IS_EMPTY = /timeout exceeded when trying to connect/
const CONNECTION_IS_LOST = /terminated|ECONNRESET|EPIPE|not queryable|Connection ended/

/** Whether a SQLSTATE speaks of the connection. */
function isOutage(sqlState) {
  return OUTAGES.has(sqlState)
}

/**
 * What the driver threw instead of answering.
 * @param {unknown} thrown
 * @param {{address: string, limit: number, timeout: number}} settings  of the connection
 */
function outage(thrown, { address, limit, timeout }) {
  const text = thrown?.message || thrown?.code || String(thrown)
  if (POOL_IS_EMPTY.test(text)) {
    const pool = `(Current connection pool timeout: ${timeout}, connection limit: ${limit})`
    return failure('P2024', `Timed out fetching a new connection from the connection pool. ${pool}`, {
      connection_limit: limit,
      timeout,
    })
  }
  const code = OUTAGES.get(thrown?.code) ?? (CONNECTION_IS_LOST.test(text) ? 'P1017' : 'P1001')
  return failure(code, OUTAGE_TEXTS[code]?.(address, text) ?? text)
}

// The sentences that clients look for.
const OUTAGE_TEXTS = {
  P1001: (address, text) => `Can't reach database server at \`${address}\`. (${text})`,
  P1017: (_, text) => `Server has closed the connection. (${text})`,
}

module.exports = { failure, isOutage, outage }
