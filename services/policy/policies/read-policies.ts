import { compilePolicySet, PolicyDocumentError, parsePolicies } from '@airs-cp/policy-engine'
import { ApiError } from '@airs-cp/runtime'

export type ReadPolicy = ReturnType<typeof parsePolicies>[number]

/** @throws ApiError 400 with the line of every problem. */
export function readPolicies(yaml: string): ReadPolicy[] {
  try {
    return parsePolicies(yaml)
  } catch (error) {
    if (error instanceof PolicyDocumentError)
      throw new ApiError(400, 'policy_invalid', error.message, error.problems)
    throw error
  }
}

/** The one name that a policy cannot have: the schema of policies is served under it. */
export const schemaName = 'schema'

/** @throws ApiError 400, also where one has the name that none can have. */
export function readNamedPolicies(yaml: string): ReadPolicy[] {
  const parsed = readPolicies(yaml)
  if (parsed.some(({ policy }) => policy.name === schemaName))
    throw new ApiError(
      400,
      'policy_invalid',
      `A policy cannot have the name ${schemaName}, under which the JSON Schema of policies is served; give it another`,
    )
  return parsed
}

/**
 * Reads policies and tries them, as an ingress would.
 * @throws ApiError 400
 */
export function readUsablePolicies(yaml: string): ReadPolicy[] {
  const parsed = readNamedPolicies(yaml)
  try {
    const policies = parsed.map(({ policy, source }) => ({ name: policy.name, version: 1, document: source }))
    compilePolicySet({ version: 0, mode: 'enforce', policies })
  } catch (error) {
    throw new ApiError(400, 'policy_invalid', `The policies do not compile: ${(error as Error).message}`)
  }
  return parsed
}
