'use strict'
// Queries and transactions: GraphQL in, the engine's JSON protocol between, GraphQL out.

const { toGraphqlAnswer } = require('./answer.js')
const { failure, outage } = require('./failures.js')
const { toJsonProtocol } = require('./json_protocol.js')

const NO_TRACE = '{}'
const THROWN_BY_THE_DRIVER = 'P2036'
const TRANSACTION_API = 'P2028'

class Service {
  /**
   * @param {Map<string, Map<string, string>>} models  of datamodel.js
   * @param {object} engine  of engine.js
   * @param {object} errorRegistry  where the adapter keeps what the driver threw
   * @param {object} settings  of connection.js
   */
  constructor(models, engine, errorRegistry, settings) {
    this.models = models
    this.engine = engine
    this.errorRegistry = errorRegistry
    this.settings = settings
  }

  /**
   * @param {string} body  {"query": ..} or {"batch": [{"query": ..}, ..], "transaction": true}
   * @param {string} [transactionId]
   * @returns {Promise<string>} {"data": ..} or {"errors": [..]}
   */
  async query(body, transactionId) {
    let payload
    try {
      payload = this.payload(JSON.parse(body))
    } catch (error) {
      return JSON.stringify({ errors: [failure('P2009', error.message)] })
    }
    return this.answer(await this.engine.query(payload, NO_TRACE, transactionId))
  }

  payload(request) {
    if (!request.batch) return toJsonProtocol(request.query, this.models)
    const all = request.batch.map((one) => toJsonProtocol(one.query, this.models))
    return `{"batch":[${all.join(',')}]${request.transaction ? ',"transaction":{}' : ''}}`
  }

  answer(text) {
    if (!text.startsWith('{"errors"')) return toGraphqlAnswer(text)
    return JSON.stringify({ errors: JSON.parse(text).errors.map((error) => this.named(error)) })
  }

  // What the driver threw, the engine reports by a number under which the adapter keeps it.
  // The native engine has codes of its own for outages.
  named(error) {
    const facing = error.user_facing_error
    if (facing?.error_code !== THROWN_BY_THE_DRIVER) return error
    const thrown = this.errorRegistry.consumeError(facing.meta.id)?.error
    delete this.errorRegistry.registeredErrors[facing.meta.id] // consumeError only blanks it
    return outage(thrown, this.settings)
  }

  /** @returns {Promise<[number, string]>} HTTP status, body */
  startTransaction(options) {
    return this.transaction(this.engine.startTransaction(options, NO_TRACE))
  }

  commitTransaction(id) {
    return this.transaction(this.engine.commitTransaction(id, NO_TRACE))
  }

  rollbackTransaction(id) {
    return this.transaction(this.engine.rollbackTransaction(id, NO_TRACE))
  }

  async transaction(reply) {
    const text = await reply
    const error = JSON.parse(text)
    if (!error.error_code) return [200, text]
    const facing = this.named({ user_facing_error: error }).user_facing_error
    return [facing.error_code === TRANSACTION_API ? 422 : 500, JSON.stringify(facing)]
  }
}

module.exports = { Service }
