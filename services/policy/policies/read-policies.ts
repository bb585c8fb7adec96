import { PolicyDocumentError, parsePolicies, warningsOf } from '@airs-cp/policy-engine'
import { ApiError } from '@airs-cp/runtime'

export type ReadPolicy = ReturnType<typeof parsePolicies>[number]

export type PolicyFacts = Pick<ReadPolicy['policy'], 'mode' | 'action' | 'direction' | 'description'>

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
const schemaName = 'schema'

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

/** Warnings about a policy, where there are any. */
export function withWarnings(policy: ReadPolicy['policy']): { warnings?: string[] } {
  const warnings = warningsOf(policy)
  return warnings.length > 0 ? { warnings } : {}
}

/** @throws ApiError 400 where `compile` throws. */
export function compileAll(problem: string, compile: () => unknown): void {
  try {
    compile()
  } catch (error) {
    throw new ApiError(400, 'policy_invalid', `${problem}: ${(error as Error).message}`)
  }
}

export function factsOf(document: string): Partial<PolicyFacts> {
  try {
    const { mode, action, direction, description } = readPolicies(document)[0]!.policy
    return { mode, action, direction, description }
  } catch {
    return {}
  }
}
