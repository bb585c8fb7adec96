import { didYouMean } from '@airs-cp/events'
import { z } from 'zod'
import { detectorSchema, policyDocumentSchema } from './document.ts'

export type DescribedIssue = {
  path: PropertyKey[]
  message: string
  /** A member of the object at `path` that is meant, by its name and not by its value. */
  key?: string
}

/** More of one object's are not named. */
const mostKeys = 50

/** What is wrong with a document, one sentence for each field, with what was probably meant and what there is. */
export function describeIssue(issue: z.core.$ZodIssue, document: unknown): DescribedIssue[] {
  const { path, message } = issue
  const value = valueAt(document, path)
  if (issue.code === 'unrecognized_keys') {
    const known = fieldsAt(path, document)
    return issue.keys.slice(0, mostKeys).map((key) => ({
      path,
      key,
      message: `there is no field "${key.slice(0, 64)}"${didYouMean(key, known)}; there are ${known.join(', ')}`,
    }))
  }
  if (issue.code === 'invalid_value') return [{ path, message: notOneOf(value, issue.values.map(String)) }]
  if (issue.code === 'invalid_union' && 'discriminator' in issue)
    return [{ path, message: notOneOf(value, detectorNames) }]
  if (issue.code === 'invalid_union' && path[0] === 'direction')
    return [{ path, message: notOneOf(value, ['request', 'response']) }]
  return [{ path, message }]
}

function notOneOf(value: unknown, known: string[]): string {
  if (value === undefined || value === null) return `is missing; it is one of ${known.join(', ')}`
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return `"${text.slice(0, 64)}" is not one of ${known.join(', ')}${typeof value === 'string' ? didYouMean(value, known) : ''}`
}

const detectorNames = detectorSchema.options.map(({ shape }) => shape.detector.value as string)

/** The fields that an object may have, by its place. */
function fieldsAt(path: readonly PropertyKey[], document: unknown): string[] {
  let shape: Shape = policyDocumentSchema.shape
  for (const [index, part] of path.entries()) {
    if (typeof part === 'number') continue
    const schema = withoutWrappers(shape[String(part)])
    if (schema === undefined) return []
    shape = shapeOf(schema, valueAt(document, path.slice(0, index + 2)))
  }
  return Object.keys(shape)
}

type Shape = Readonly<Record<string, z.core.$ZodType>>

/** The schema of what stands there: of a list that of its elements. */
function withoutWrappers(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return withoutWrappers(schema.unwrap())
  return schema instanceof z.ZodArray ? withoutWrappers(schema.element) : schema
}

/** @param value what stands there: one of a union is known by its `detector`. */
function shapeOf(schema: z.core.$ZodType, value: unknown): Shape {
  if (schema instanceof z.ZodObject) return schema.shape
  const named = (value as { detector?: unknown } | undefined)?.detector
  return detectorSchema.options.find(({ shape }) => shape.detector.value === named)?.shape ?? {}
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  let value = document
  for (const part of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[part]
  return value
}
