'use strict'
const test = require('node:test')
const assert = require('node:assert')
const path = require('node:path')

const engine = (name) => require(path.join(process.env.QUERY_ENGINE_SOURCE, name))
const { createServer } = engine('server.js')

// -> what `use` returns, given a function that sends requests to a server of this service
async function withServer(service, onFault, use) {
  const server = createServer(service, onFault)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${server.address().port}`
  try {
    return await use((route, options) => fetch(base + route, options))
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const unused = { onFault: () => assert.fail('no fault was expected') }

test('status and metrics are answered, in both formats', async () => {
  await withServer({}, unused.onFault, async (send) => {
    assert.deepStrictEqual(await (await send('/status')).json(), { status: 'ok' })
    assert.deepStrictEqual(await (await send('/metrics?format=json')).json(), { counters: [], gauges: [], histograms: [] })
    assert.strictEqual(await (await send('/metrics?format=prometheus')).text(), '')
  })
})

test('unknown routes and verbs are not found', async () => {
  await withServer({}, unused.onFault, async (send) => {
    for (const [route, method] of [['/other', 'GET'], ['/other', 'POST'], ['/transaction/1/toString', 'POST'], ['/transaction/1', 'POST']]) {
      assert.strictEqual((await send(route, { method })).status, 404, `${method} ${route}`)
    }
  })
})

test('a page in a browser is refused, whatever name it was loaded under', async () => {
  await withServer({ query: () => assert.fail('it was let in') }, unused.onFault, async (send) => {
    for (const headers of [{ origin: 'http://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) {
      assert.strictEqual((await send('/', { method: 'POST', body: '{}', headers })).status, 403, JSON.stringify(headers))
    }
  })
})

test('a query is handed over with its transaction', async () => {
  const service = { query: async (body, transaction) => JSON.stringify({ body, transaction }) }
  await withServer(service, unused.onFault, async (send) => {
    const reply = await send('/', { method: 'POST', body: '{"query":"ü"}', headers: { 'x-transaction-id': 't1' } })
    assert.deepStrictEqual(await reply.json(), { body: '{"query":"ü"}', transaction: 't1' })
  })
})

test('transactions are started, committed and rolled back', async () => {
  const service = {
    startTransaction: async (body) => [200, JSON.stringify(['start', body])],
    commitTransaction: async (id) => [200, JSON.stringify(['commit', id])],
    rollbackTransaction: async (id) => [422, JSON.stringify(['rollback', id])],
  }
  await withServer(service, unused.onFault, async (send) => {
    const post = async (route, body) => (await send(route, { method: 'POST', body })).json()
    assert.deepStrictEqual(await post('/transaction/start', '{}'), ['start', '{}'])
    assert.deepStrictEqual(await post('/transaction/x/commit'), ['commit', 'x'])
    assert.deepStrictEqual(await post('/transaction/x/rollback'), ['rollback', 'x'])
  })
})

test('a panic is answered and then told, so that the process can end', async () => {
  let tell
  const told = new Promise((resolve) => (tell = resolve))
  const service = { query: async () => { throw new WebAssembly.RuntimeError('unreachable') } }
  await withServer(service, tell, async (send) => {
    const reply = await send('/', { method: 'POST', body: '{}' })
    assert.strictEqual(reply.status, 500)
    assert.strictEqual((await reply.json()).errors[0].user_facing_error.error_code, 'P1017')
    assert.ok((await told) instanceof WebAssembly.RuntimeError)
  })
})
