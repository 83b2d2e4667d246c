'use strict'
// Rows of a raw query. The engine answers {"columns":[..],"types":[..],"rows":[[..],..]};
// prisma-client-py 0.11 wants [{"<column>":{"prisma__type":..,"prisma__value":..}},..].
// The values are cut out of the text and put back as they stand, never parsed, so that
// 1.0 stays a float and a bigint stays exact.

/** '[1,{"a":2}]' -> ['1', '{"a":2}']; of an object, the values in their order. */
function split(text) {
  const parts = []
  const isObject = text[0] === '{'
  let depth = 0
  let start = 1
  for (let i = 1; i < text.length; i++) {
    const c = text[i]
    if (c === '"') {
      i = closingQuote(text, i)
    } else if (c === '[' || c === '{') {
      depth++
    } else if (depth === 0 && (c === ',' || i === text.length - 1)) {
      if (i > start) parts.push(text.slice(start, i))
      start = i + 1
    } else if (c === ']' || c === '}') {
      depth--
    } else if (isObject && depth === 0 && c === ':') {
      start = i + 1
    }
  }
  return parts
}

/** Where the JSON string that opens at `open` closes; -1 when it does not. */
function closingQuote(text, open) {
  for (let close = text.indexOf('"', open + 1); close !== -1; close = text.indexOf('"', close + 1)) {
    let before = close
    while (text[before - 1] === '\\') before--
    if ((close - before) % 2 === 0) return close
  }
  return -1
}

function typed(type, value) {
  if (value === 'null') return '{"prisma__type":"null","prisma__value":null}'
  if (type.endsWith('-array')) {
    const items = split(value).map((item) => typed(type.slice(0, -'-array'.length), item))
    return `{"prisma__type":"array","prisma__value":[${items.join(',')}]}`
  }
  return `{"prisma__type":"${type}","prisma__value":${value}}`
}

function rowsAsObjects(result) {
  const [columns, types, rows] = split(result)
  const names = split(columns)
  const kinds = JSON.parse(types)
  const objects = split(rows).map((row) => {
    const cells = split(row).map((value, i) => `${names[i]}:${typed(kinds[i], value)}`)
    return `{${cells.join(',')}}`
  })
  return `[${objects.join(',')}]`
}

module.exports = { closingQuote, rowsAsObjects }
