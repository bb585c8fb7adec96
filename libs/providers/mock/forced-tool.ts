import { isObject, type Json, type JsonObject, listOf, objectsOf, stringOf } from '../json.ts'

export type ForcedTool = { name: string; args: string }

/**
 * The tool that a request forces a call of, with arguments that fit its schema; undefined where it forces none.
 *
 * | format    | any tool                       | one of them                              |
 * |-----------|--------------------------------|------------------------------------------|
 * | chat      | `required`, `allowed_tools`    | `{ type: function, function: { name } }` |
 * | Responses | `required`, `allowed_tools`    | `{ type: function, name }`               |
 * | Messages  | `{ type: any }`                | `{ type: tool, name }`                   |
 * | Gemini    | mode `ANY`                     | `allowedFunctionNames`                   |
 */
export function forcedTool(body: JsonObject): ForcedTool | undefined {
  const { tool_choice: choice, tools } = isObject(body.toolConfig) ? geminiChoice(body) : body
  const wanted = wantedOf(choice)
  if (!wanted) return undefined
  const offered = [...objectsOf(tools)].map(([, tool]) => (isObject(tool.function) ? tool.function : tool))
  const tool = offered.find(({ name }) => wanted.names.length === 0 || wanted.names.includes(String(name)))
  const name = stringOf(tool?.name)
  if (!tool || name === undefined) return undefined
  const example = exampleOf(tool.parameters ?? tool.input_schema)
  return { name, args: JSON.stringify(isObject(example) ? example : {}) }
}

/** Gemini's choice in the words of the others. */
function geminiChoice({ toolConfig, tools }: JsonObject): JsonObject {
  const config = isObject(toolConfig) ? toolConfig.functionCallingConfig : undefined
  const declared = [...objectsOf(tools)].flatMap(([, tool]) => listOf(tool.functionDeclarations))
  if (!isObject(config) || config.mode !== 'ANY') return { tools: declared }
  const names = listOf(config.allowedFunctionNames)
  const [name] = names
  return { tools: declared, tool_choice: name === undefined ? 'required' : { type: 'tool', name } }
}

/** Names of tools of which one has to be called; an empty list where it may be any. */
function wantedOf(choice: Json | undefined): { names: string[] } | undefined {
  if (choice === 'required') return { names: [] }
  if (!isObject(choice)) return undefined
  if (choice.type === 'any') return { names: [] }
  if (choice.type === 'tool') return { names: [String(choice.name)] }
  if (choice.type === 'function') {
    return { names: [String(isObject(choice.function) ? choice.function.name : choice.name)] }
  }
  const allowed = isObject(choice.allowed_tools) ? choice.allowed_tools : choice
  if (choice.type !== 'allowed_tools' || allowed.mode !== 'required') return undefined
  return {
    names: [...objectsOf(allowed.tools)].map(([, tool]) =>
      String(isObject(tool.function) ? tool.function.name : tool.name),
    ),
  }
}

/** No schema of a tool nests deeper; what does is cut off. */
const maxDepth = 8

/** The smallest value that a JSON Schema names: what it gives itself, else its required properties. */
function exampleOf(schema: Json | undefined, depth = 0): Json {
  if (!isObject(schema) || depth > maxDepth) return {}
  if (schema.const !== undefined) return schema.const
  const [given] = [schema.default, ...listOf(schema.enum), ...listOf(schema.examples)].filter(
    (value) => value !== undefined,
  )
  if (given !== undefined) return given
  const [first] = [...listOf(schema.anyOf), ...listOf(schema.oneOf)]
  if (isObject(first)) return exampleOf(first, depth + 1)
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (type === 'string') return 'text'
  if (type === 'integer' || type === 'number') return typeof schema.minimum === 'number' ? schema.minimum : 1
  if (type === 'boolean') return true
  if (type === 'null') return null
  if (type === 'array') return Number(schema.minItems ?? 0) > 0 ? [exampleOf(schema.items, depth + 1)] : []
  const properties = isObject(schema.properties) ? schema.properties : {}
  const required = listOf(schema.required).filter((name) => typeof name === 'string')
  return Object.fromEntries(required.map((name) => [name, exampleOf(properties[name], depth + 1)]))
}
