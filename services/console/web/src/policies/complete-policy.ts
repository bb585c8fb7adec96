import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete'

type Schema = {
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  description?: string
  $ref?: string
  $defs?: Record<string, Schema>
}

/** Characters before the cursor; nobody reads completions further along a line. */
const longestLine = 1_000

/** Offers the fields and values that the JSON Schema of policies knows at the place of the cursor. */
export function completePolicy(root: unknown) {
  return (context: CompletionContext): CompletionResult | null => {
    const line = context.state.doc.lineAt(context.pos)
    if (context.pos - line.from > longestLine) return null
    const before = line.text.slice(0, context.pos - line.from)
    const value = /^\s*(?:- )?(\w+):\s*\[?(?:[\w-]+,\s*)*([\w-]*)$/.exec(before)
    const path = pathAt(context, line.number, indentOf(before))
    const inside = schemasAt(root as Schema, path)
    if (value) {
      const options = inside.flatMap((schema) => valuesOf(root as Schema, schema.properties?.[value[1]!]))
      return options.length === 0
        ? null
        : {
            from: context.pos - value[2]!.length,
            options: options.map((label) => ({ label, type: 'enum' })),
            validFor: /^[\w-]*$/,
          }
    }
    const field = /^\s*(?:- )?(?:\{ ?)?(?:[^{}]*, )?(\w*)$/.exec(before)
    if (!field || (field[1] === '' && !context.explicit)) return null
    const options = inside.flatMap(({ properties = {} }) =>
      Object.entries(properties).map(([label, { description }]) => ({
        label,
        type: 'property',
        apply: `${label}: `,
        ...(description && { info: description }),
      })),
    )
    return options.length === 0 ? null : { from: context.pos - field[1]!.length, options, validFor: /^\w*$/ }
  }
}

/** The fields that the place is within, outermost first. */
function pathAt(context: CompletionContext, lineNumber: number, indent: number): string[] {
  const path: string[] = []
  let within = indent
  for (let number = lineNumber - 1; number >= 1 && within > 0; number -= 1) {
    const { text } = context.state.doc.line(number)
    if (text.trim() === '---') break
    const found = /^(\s*)(?:- )?(\w+):/.exec(text)
    if (!found || text.trim() === '' || indentOf(text) >= within) continue
    path.unshift(found[2]!)
    within = indentOf(text)
  }
  const { text } = context.state.doc.line(lineNumber)
  const open = /(\w+):\s*(?:\[\s*)?\{[^}]*$/.exec(
    text.slice(0, context.pos - context.state.doc.line(lineNumber).from),
  )
  return open ? [...path, open[1]!] : path
}

function indentOf(text: string): number {
  return /^[\s]*(?:- )?/.exec(text)![0].length
}

function schemasAt(root: Schema, path: readonly string[]): Schema[] {
  return path.reduce<Schema[]>(
    (found, name) => found.flatMap((schema) => variants(root, schema.properties?.[name])),
    variants(root, root),
  )
}

/** A schema with what it refers to, its alternatives, and the items of a list. */
function variants(root: Schema, schema: Schema | undefined): Schema[] {
  if (!schema) return []
  if (schema.$ref) return variants(root, root.$defs?.[schema.$ref.split('/').at(-1)!])
  const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.items ? [schema.items] : [])]
  return [schema, ...inner.flatMap((one) => variants(root, one))]
}

function valuesOf(root: Schema, schema: Schema | undefined): string[] {
  return [
    ...new Set(
      variants(root, schema).flatMap((one) =>
        [...(one.enum ?? []), ...('const' in one ? [one.const] : [])].map(String),
      ),
    ),
  ]
}
