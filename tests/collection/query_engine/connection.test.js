'use strict'
const test = require('node:test')
const assert = require('node:assert')
const path = require('node:path')

const engine = (name) => require(path.join(process.env.QUERY_ENGINE_SOURCE, name))
const { ConnectionUrlError, connectionSettings } = engine('connection.js')
const { outage } = engine('failures.js')

const read = (url) => connectionSettings(url, 4)

test('the parts of a URL are unescaped', () => {
  const { pool, address } = read('postgresql://us%40er:p%3A%2F%3F%23%25w@db.example:6000/my%20base')
  assert.deepStrictEqual(
    [pool.host, pool.port, pool.user, pool.password, pool.database],
    ['db.example', 6000, 'us@er', 'p:/?#%w', 'my base'],
  )
  assert.strictEqual(address, 'db.example:6000')
})

test('a percent sign that starts no escape stands for itself', () => {
  assert.strictEqual(read('postgresql://u:50%25%zz%e9@h/d').pool.password, '50%%zz%e9')
})

test('IPv6 addresses and directories of sockets are hosts', () => {
  assert.strictEqual(read('postgres://u@[::1]:5433/d').pool.host, '::1')
  assert.strictEqual(read('postgres://u@localhost/d?host=/run/postgresql').pool.host, '/run/postgresql')
})

test("Prisma's defaults hold where the URL says nothing", () => {
  const { pool, schema, limit, timeout } = read('postgresql://u@h')
  assert.deepStrictEqual([pool.port, pool.database, pool.max], [5432, 'postgres', 9])
  assert.deepStrictEqual([schema, limit, timeout, pool.connectionTimeoutMillis], ['public', 9, 10, 10_000])
})

test("Prisma's options set the pool and the session", () => {
  const { pool, schema } = read(
    'postgresql://u@h/d?connection_limit=3&pool_timeout=0&schema=my%20%22own&application_name=x&options=-c%20a%3Db',
  )
  assert.deepStrictEqual([pool.max, pool.connectionTimeoutMillis, pool.application_name], [3, 0, 'x'])
  assert.strictEqual(schema, 'my "own')
  assert.strictEqual(pool.options, '-c timezone=UTC -c search_path="my\\ ""own" -c a=b')
})

test('encryption that would be left out is refused', () => {
  assert.throws(() => read('postgresql://u@h/d?sslmode=require'), /sslmode=require/)
  assert.strictEqual(read('postgresql://u@h/d?sslmode=prefer').pool.ssl, false)
})

test('a URL that is none is refused without its password', () => {
  for (const url of ['postgresql://u:secret@h:port/d', 'secret', 'mysql://u:secret@h/d', 'postgresql://u:secret@h/d?pool_timeout=-1']) {
    assert.throws(() => read(url), (error) => error instanceof ConnectionUrlError && !/secret/.test(error.message))
  }
})

test('outages have the codes that clients tell them apart by', () => {
  const settings = { address: 'h:1', limit: 3, timeout: 2 }
  const code = (thrown) => outage(thrown, settings).user_facing_error.error_code
  const refused = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })
  assert.strictEqual(code(refused), 'P1001')
  assert.match(outage(refused, settings).error, /^Can't reach database server at `h:1`\. \(ECONNREFUSED\)$/)
  assert.strictEqual(code(new Error('timeout exceeded when trying to connect')), 'P2024')
  assert.strictEqual(code(new Error('Connection terminated unexpectedly')), 'P1017')
  assert.strictEqual(code(Object.assign(new Error('gone'), { code: '57P01' })), 'P1017')
  assert.strictEqual(code(Object.assign(new Error('the database system is starting up'), { code: '57P03' })), 'P1001')
  assert.strictEqual(code(Object.assign(new Error('password authentication failed'), { code: '28P01' })), 'P1000')
  assert.strictEqual(code(undefined), 'P1001')
})
