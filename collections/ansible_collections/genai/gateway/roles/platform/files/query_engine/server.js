'use strict'
// The HTTP routes of the native engine, on the loopback interface.

const http = require('node:http')
const { failure } = require('./failures.js')

const NOT_FOUND = [404, '{}']
// Maps, not objects: what is looked up comes with the request, and objects have a constructor, a toString..
const NO_METRICS = new Map([
  ['json', '{"counters":[],"gauges":[],"histograms":[]}'],
  ['prometheus', ''],
])

async function readBody(request) {
  const parts = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}

const READS = new Map([
  ['/status', () => [200, '{"status":"ok"}']],
  ['/metrics', (url) => [200, NO_METRICS.get(url.searchParams.get('format')) ?? '']],
])

// The last part of /transaction/<id>/<verb>
const TRANSACTION_VERBS = new Map([
  ['commit', (service, id) => service.commitTransaction(id)],
  ['rollback', (service, id) => service.rollbackTransaction(id)],
])

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/

// No page in a browser: neither one that posts blindly to this port nor one whose name was made to lead here.
function comesFromABrowser({ headers }) {
  return 'origin' in headers || 'sec-fetch-site' in headers || !LOOPBACK.test(headers.host ?? '')
}

// -> [HTTP status, body]
async function respond(service, request) {
  if (comesFromABrowser(request)) return [403, '{}']
  const url = new URL(request.url, 'http://engine')
  const body = await readBody(request)
  if (request.method === 'GET') return READS.get(url.pathname)?.(url) ?? NOT_FOUND
  if (url.pathname === '/') return [200, await service.query(body, request.headers['x-transaction-id'])]
  if (url.pathname === '/transaction/start') return service.startTransaction(body)
  const [, first, id, verb] = url.pathname.split('/')
  const step = first === 'transaction' ? TRANSACTION_VERBS.get(verb) : undefined
  return step ? step(service, id) : NOT_FOUND
}

/**
 * @param {Service} service
 * @param {(error: Error) => void} onFault  told of what no answer was foreseen for, after answering with a 500
 */
function createServer(service, onFault) {
  const server = http.createServer(async (request, response) => {
    let fault
    const [status, text] = await respond(service, request).catch((error) => {
      fault = error
      return [500, JSON.stringify({ errors: [failure('P1017', `query engine: ${error.message}`)] })]
    })
    response.once('close', () => fault && onFault(fault))
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(text)
  })
  // The client keeps its connections and does not expect one to be closed under it.
  server.keepAliveTimeout = 0
  server.headersTimeout = 0
  server.requestTimeout = 0
  return server
}

/** Listens on both loopback addresses, as `localhost` may mean either; without IPv6, on the one. */
async function listen(makeServer, port) {
  await started(makeServer(), port, '127.0.0.1')
  await started(makeServer(), port, '::1').catch((error) => {
    if (!['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(error.code)) throw error
  })
}

function started(server, port, host) {
  return new Promise((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
}

module.exports = { createServer, listen }
