import { didYouMean } from '@airs-cp/events'
import type { z } from 'zod'
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
    const known = fieldsAt(path, value)
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

const detectors = detectorSchema.options.map(({ shape }) => ({
  name: shape.detector.value as string,
  fields: Object.keys(shape),
}))
const detectorNames = detectors.map(({ name }) => name)

/** The fields that an object may have, by its place. */
function fieldsAt(path: readonly PropertyKey[], value: unknown): string[] {
  const { shape } = policyDocumentSchema
  const [field, , member] = path
  if (field === undefined) return Object.keys(shape)
  if (field === 'scope') return Object.keys(shape.scope.unwrap().shape)
  if (field === 'throttle') return Object.keys(shape.throttle.unwrap().shape)
  if (member === 'arguments') return ['path', 'matches']
  const named = (value as { detector?: unknown } | undefined)?.detector
  return detectors.find(({ name }) => name === named)?.fields ?? []
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  let value = document
  for (const part of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[part]
  return value
}
