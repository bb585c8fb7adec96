export {
  type CompiledPolicy,
  type CompiledPolicySet,
  compilePolicySet,
  emptyPolicySet,
  type PolicySet,
} from './compile.ts'
export { type PolicyDocument, policyDocumentSchema } from './document.ts'
export { type EvaluatedText, type Evaluation, evaluate } from './evaluate.ts'
export { PolicyDocumentError, type PolicyProblem, parsePolicies } from './parse-policies.ts'
export type { Subject } from './scope.ts'
