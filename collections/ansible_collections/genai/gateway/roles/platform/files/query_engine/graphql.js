'use strict'
// Reads the subset of GraphQL that prisma-client-py writes. Values are kept as source text,
// so that no number is ever rounded through a JavaScript float.

const { closingQuote } = require('./raw_rows.js')

const BLANKS = /[\s,]*/y // a comma means nothing in GraphQL
const WORD = /(-?\d[\d.eE+-]*)|(-?[A-Za-z_]\w*)/y
const PUNCTUATION = new Set('(){}[]:')

/** @returns {{kind: string, text: string}[]} kind: 'string', 'number', 'name', or the sign itself */
function tokens(text) {
  const found = []
  for (let at = skipBlanks(text, 0); at < text.length; at = skipBlanks(text, at)) {
    const token = tokenAt(text, at)
    found.push(token)
    at += token.text.length
  }
  return found
}

function skipBlanks(text, at) {
  BLANKS.lastIndex = at
  BLANKS.exec(text)
  return BLANKS.lastIndex
}

function tokenAt(text, at) {
  const c = text[at]
  if (PUNCTUATION.has(c)) return { kind: c, text: c }
  if (c === '"') {
    // Found by search, not by pattern: a Json value may be megabytes long.
    const close = closingQuote(text, at)
    if (close !== -1) return { kind: 'string', text: text.slice(at, close + 1) }
  }
  WORD.lastIndex = at
  const word = WORD.exec(text)
  // Where, and not what: a query holds people's data, and this ends up in a log.
  if (!word) throw new SyntaxError(`cannot read the query at character ${at}`)
  return { kind: word[1] ? 'number' : 'name', text: word[0] }
}

const LITERALS = new Set(['true', 'false', 'null'])
const NOT_IN_JSON = /^-?(NaN|Infinity)$/

class Reader {
  constructor(text) {
    this.tokens = tokens(text)
    this.at = 0
  }

  peek(kind) {
    return this.tokens[this.at]?.kind === kind
  }

  skip(kind) {
    const found = this.peek(kind)
    if (found) this.at++
    return found
  }

  need(kind) {
    if (!this.peek(kind)) {
      throw new SyntaxError(`expected ${kind}, found ${this.tokens[this.at]?.kind ?? 'the end of the query'}`)
    }
    return this.tokens[this.at++].text
  }

  // -> {object: [[name, value]..]} | {list: [value..]} | {text: JSON text}
  value() {
    if (this.skip('{')) return this.members('}')
    if (this.skip('[')) {
      const list = []
      while (!this.skip(']')) list.push(this.value())
      return { list }
    }
    if (this.peek('string')) return { text: this.need('string') }
    if (this.peek('number')) return { text: this.need('number') }
    const name = this.need('name')
    if (LITERALS.has(name)) return { text: name }
    if (NOT_IN_JSON.test(name)) throw new SyntaxError(`${name} is not a value a query can hold`)
    return { text: JSON.stringify(name) } // a member of an enum
  }

  members(closer) {
    const object = []
    while (!this.skip(closer)) {
      const name = this.peek('string') ? JSON.parse(this.need('string')) : this.need('name')
      this.need(':')
      object.push([name, this.value()])
    }
    return { object }
  }

  // One field with its arguments and its selection: `posts(take: 1) { id }`
  field() {
    const name = this.need('name')
    const args = this.skip('(') ? this.members(')') : undefined
    let selection
    if (this.skip('{')) {
      selection = []
      while (!this.skip('}')) selection.push(this.field())
    }
    return { name, args, selection }
  }

  // `query { result: findManyUser(...) {...} }`
  operation() {
    if (this.peek('name')) this.need('name')
    this.need('{')
    if (this.tokens[this.at + 1]?.kind === ':') this.at += 2 // the alias
    const field = this.field()
    this.need('}')
    return field
  }
}

/**
 * @returns {{name: string, args?: object, selection?: object[]}} the one field of the document
 * @throws {SyntaxError}
 */
function readOperation(text) {
  return new Reader(text).operation()
}

module.exports = { readOperation }
