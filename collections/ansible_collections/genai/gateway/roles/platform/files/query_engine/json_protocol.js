'use strict'
// Writes what graphql.js read as a query of Prisma's JSON protocol, the only one that the
// WebAssembly engine speaks.

const { readOperation } = require('./graphql.js')

// Where a walk over arguments stands: at the names of operations (where, data, create..),
// at the fields of a model, or in a relation. It matters because a JSON value must carry
// its type: an untagged string given for a Json field would be stored as a JSON string.
const WRITES_OR_FILTERS = new Set([
  'create', 'connect', 'disconnect', 'set', 'delete', 'deleteMany', 'some', 'every', 'none', 'is', 'isNot',
])
const JSON_VALUED = new Set([
  'set', 'push', 'equals', 'not', 'lt', 'lte', 'gt', 'gte', 'array_contains', 'array_starts_with', 'array_ends_with',
])
// The longer of two that begin alike comes first.
const ACTIONS = [
  'findUnique', 'findFirst', 'findMany', 'createManyAndReturn', 'createMany', 'createOne',
  'updateMany', 'updateOne', 'upsertOne', 'deleteMany', 'deleteOne', 'aggregate', 'groupBy',
]
const RAW_ACTIONS = ['queryRaw', 'executeRaw']

class Writer {
  constructor(models) {
    this.models = models
  }

  each(value, write) {
    if (value.list) return `[${value.list.map((item) => this.each(item, write)).join(',')}]`
    if (!value.object) return value.text
    return `{${value.object.map(([name, inner]) => `${JSON.stringify(name)}:${write(name, inner)}`).join(',')}}`
  }

  plain(value) {
    return this.each(value, (_, inner) => this.plain(inner))
  }

  json(value) {
    if (value.list) return `[${value.list.map((item) => this.json(item)).join(',')}]`
    if (value.object) {
      return this.each(value, (name, inner) => (JSON_VALUED.has(name) ? this.json(inner) : this.plain(inner)))
    }
    return value.text[0] === '"' ? `{"$type":"Json","value":${value.text}}` : value.text
  }

  // {where: .., data: ..}
  args(value, model) {
    return this.each(value, (_, inner) => this.fields(inner, model))
  }

  // {name: "x", metadata: "{}", posts: {..}, AND: [..]}
  fields(value, model) {
    return this.each(value, (name, inner) => this.field(name, inner, model))
  }

  field(name, value, model) {
    const type = model?.get(name)
    if (type === undefined) return this.fields(value, model) // AND, OR, NOT, a compound key
    if (type === 'Json') return this.json(value)
    const other = this.models.get(type)
    return other ? this.relation(value, other) : this.plain(value)
  }

  // {create: {..}, connect: {..}} or, in a filter through a to-one relation, its fields
  relation(value, model) {
    return this.each(value, (name, inner) => {
      if (WRITES_OR_FILTERS.has(name)) return this.fields(inner, model)
      if (name === 'update' && !isWhereAndData(inner)) return this.fields(inner, model)
      return model.has(name) ? this.field(name, inner, model) : this.args(inner, model)
    })
  }

  // -> {"arguments":..,"selection":..}, or `true` for a plain scalar
  body({ args, selection }, model) {
    if (!args && !selection) return 'true'
    const picks = (selection || []).map((field) => {
      const inner = this.models.get(model?.get(field.name))
      return `${JSON.stringify(field.name)}:${this.body(field, inner)}`
    })
    return `{"arguments":${args ? this.args(args, model) : '{}'},"selection":{${picks.join(',')}}}`
  }
}

// An update through a to-many relation is [{where, data}], through a to-one its fields.
function isWhereAndData(value) {
  if (value.list) return value.list.every(isWhereAndData)
  return Boolean(value.object) && value.object.every(([name, inner]) => name === 'where' || (name === 'data' && inner.object))
}

// findUniqueUserOrThrow -> findUniqueOrThrow on User
function splitName(name, models) {
  if (RAW_ACTIONS.includes(name)) return { action: name }
  for (const action of ACTIONS.filter((known) => name.startsWith(known))) {
    const rest = name.slice(action.length)
    if (models.has(rest)) return { action, modelName: rest }
    const shorter = rest.replace(/OrThrow$/, '')
    if (models.has(shorter)) return { action: `${action}OrThrow`, modelName: shorter }
  }
  throw new SyntaxError(`no model of the schema answers ${name}`)
}

/**
 * @param {string} document  GraphQL
 * @param {Map<string, Map<string, string>>} models  of datamodel.js
 * @returns {string} one query of the JSON protocol
 * @throws {SyntaxError}
 */
function toJsonProtocol(document, models) {
  const field = readOperation(document)
  const { action, modelName } = splitName(field.name, models)
  const body = new Writer(models).body({ ...field, selection: field.selection || [] }, models.get(modelName))
  const model = modelName ? `"modelName":${JSON.stringify(modelName)},` : ''
  return `{${model}"action":"${action}","query":${body}}`
}

module.exports = { toJsonProtocol }
