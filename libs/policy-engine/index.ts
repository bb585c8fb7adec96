export {
  type CompiledPolicy,
  type CompiledPolicySet,
  compilePolicySet,
  emptyPolicySet,
  type PolicySet,
} from './compile.ts'
export { type PolicyDocument, policyDocumentSchema } from './document.ts'
export {
  type Direction,
  type EvaluatedText,
  type Evaluation,
  enforces,
  evaluate,
  looksAt,
} from './evaluate.ts'
export { PolicyDocumentError, type PolicyProblem, parsePolicies } from './parse-policies.ts'
export { matchesGlob, type Subject } from './scope.ts'
export { createStreamGuard, type StreamGuard } from './stream-guard.ts'
