'use strict'
// What the translation needs to know of schema.prisma: which fields hold Json, which lead to
// another model, and where the database's URL comes from.

/** @returns {Map<string, Map<string, string>>} model name -> field name -> type name */
function readModels(datamodel) {
  const models = new Map()
  for (const [, name, body] of datamodel.matchAll(/^model\s+(\w+)\s*\{([^]*?)^\}/gm)) {
    const fields = new Map()
    for (const [, field, type] of body.matchAll(/^[ \t]+(\w+)[ \t]+(\w+)/gm)) fields.set(field, type)
    models.set(name, fields)
  }
  return models
}

/**
 * The URL the client hands over (OVERWRITE_DATASOURCES) wins over the schema's own.
 * @throws {Error} when neither names one
 */
function databaseUrl(datamodel, environment) {
  const overwrite = environment.OVERWRITE_DATASOURCES
  const given = overwrite ? JSON.parse(overwrite).find((source) => source.url)?.url : undefined
  const [, variable, literal] = /\burl\s*=\s*(?:env\("(\w+)"\)|"([^"]+)")/.exec(datamodel) || []
  const url = given || literal || environment[variable]
  if (!url) throw new Error(`no database URL: ${variable || "the datasource's url"} is not set`)
  return url
}

module.exports = { databaseUrl, readModels }
