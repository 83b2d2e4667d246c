'use strict'
// A database URL as Prisma writes it -> the settings of `pg`. Prisma's own options stand in
// the query string; pg would ignore them, or refuse them.

const DEFAULT_PORT = 5432
const DEFAULT_POOL_TIMEOUT = 10 // seconds, Prisma's
const IDLE_TIMEOUT = 60_000 // milliseconds

// The stand-in serves a Postgres on the same machine and does not encrypt. Where encryption
// is asked for it must not be silently left out.
const PLAIN_SSL_MODES = [null, 'disable', 'prefer']

class ConnectionUrlError extends Error {}

/**
 * @param {string} text  postgresql://user:password@host:port/database?schema=…&connection_limit=…
 * @param {number} processors  of this machine; Prisma's default pool grows with them
 * @returns {{pool: object, schema: string, address: string, limit: number, timeout: number}}
 *   `pool`: what pg's Pool takes; `timeout`: seconds to wait for a connection of it, 0 for ever
 * @throws {ConnectionUrlError} whose message never holds the URL: it has a password in it
 */
function connectionSettings(text, processors) {
  const url = parse(text)
  const option = (name) => url.searchParams.get(name)
  if (!PLAIN_SSL_MODES.includes(option('sslmode'))) {
    throw new ConnectionUrlError(`sslmode=${option('sslmode')} needs Prisma's native query engine`)
  }
  const schema = option('schema') || 'public'
  const limit = wholeNumber(url, 'connection_limit', processors * 2 + 1, 1)
  const timeout = wholeNumber(url, 'pool_timeout', DEFAULT_POOL_TIMEOUT, 0)
  const host = option('host') || decoded(url.hostname).replace(/^\[(.*)\]$/, '$1')
  const port = Number(url.port) || DEFAULT_PORT
  const pool = {
    host,
    port,
    user: decoded(url.username),
    password: decoded(url.password),
    database: decoded(url.pathname.slice(1)) || 'postgres',
    application_name: option('application_name') || undefined,
    options: serverOptions(schema, option('options')),
    ssl: false,
    max: limit,
    connectionTimeoutMillis: timeout * 1000,
    idleTimeoutMillis: IDLE_TIMEOUT,
    keepAlive: true,
  }
  return { pool, schema, address: `${host}:${port}`, limit, timeout }
}

function parse(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw new ConnectionUrlError(
      'the database URL is not of the form postgresql://user:password@host:port/database ' +
        '(characters such as @ : / ? # [ ] % in the password are written percent-encoded)',
    )
  }
  return url
}

function wholeNumber(url, name, otherwise, least) {
  const text = url.searchParams.get(name)
  if (text === null || text === '') return otherwise
  const number = Number(text)
  if (!Number.isInteger(number) || number < least) {
    throw new ConnectionUrlError(`${name}=${text} is not a whole number of at least ${least}`)
  }
  return number
}

// As lenient as Prisma: a % that starts no escape stands for itself.
function decoded(text) {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes)
    } catch {
      return escapes
    }
  })
}

// What libpq's PGOPTIONS holds. Postgres splits it at spaces, a backslash keeps one.
function serverOptions(schema, given) {
  const searchPath = `"${schema.replaceAll('"', '""')}"`.replace(/[\\ ]/g, '\\$&')
  return ['-c timezone=UTC', `-c search_path=${searchPath}`, given].filter(Boolean).join(' ')
}

module.exports = { ConnectionUrlError, connectionSettings }
