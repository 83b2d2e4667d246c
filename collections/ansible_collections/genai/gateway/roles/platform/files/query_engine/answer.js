'use strict'
// The engine's answer in the JSON protocol -> the answer a GraphQL engine would have given.

const { closingQuote, rowsAsObjects } = require('./raw_rows.js')

const FIRST_FIELD = /^\{"data":\{"(\w+)":/
// An unescaped quote never stands inside a JSON string, so neither does this.
const TAG = '{"$type":"'
const VALUE = '","value":"'

/** Tagged scalars lose their tag: {"$type":"BigInt","value":"1"} -> "1". */
function withoutTags(text) {
  const parts = []
  let done = 0
  for (let tag = text.indexOf(TAG); tag !== -1; tag = text.indexOf(TAG, done)) {
    const value = text.indexOf(VALUE, tag) + VALUE.length - 1 // its opening quote
    const close = closingQuote(text, value)
    parts.push(text.slice(done, tag), text.slice(value, close + 1))
    done = close + 2 // behind the brace
  }
  parts.push(text.slice(done))
  return parts.join('')
}

/**
 * @param {string} text  an answer without errors
 * @returns {string} the same with its one field called `result`, as the client's alias has it
 */
function toGraphqlAnswer(text) {
  const first = FIRST_FIELD.exec(text)
  if (!first) return withoutTags(text) // a batch
  const value = text.slice(first[0].length, -2)
  // Raw rows are not tagged, and a json column among them may look as if it were.
  const result = first[1] === 'queryRaw' ? rowsAsObjects(value) : withoutTags(value)
  return `{"data":{"result":${result}}}`
}

module.exports = { toGraphqlAnswer }
