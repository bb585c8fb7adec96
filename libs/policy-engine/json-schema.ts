import { z } from 'zod'
import { policyDocumentSchema } from './document.ts'

/** JSON Schema of a policy document, for editors. What depends on other fields, and conditions, only `parsePolicies` checks. */
export function policyJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(policyDocumentSchema, { io: 'input' })
  return { title: 'AIRS-CP policy', description: 'See docs/policies.md', ...schema }
}
