import type { ASTNode } from '@marcbachmann/cel-js'
import { ConditionError } from './condition-error.ts'

/** One evaluation: its variables, and what it may still cost. */
export type Scope = {
  facts: Record<string, unknown>
  /** Values of the variables that comprehensions bind, by depth. */
  locals: unknown[]
  /** @throws ConditionError when the evaluation has cost too much. */
  charge(steps: number): void
  error(message: string, node: ASTNode): ConditionError
}

/** About a millisecond. A condition over the metadata of an exchange takes some ten steps. */
const maxSteps = 50_000

/** Characters that one step looks at. */
export const charactersPerStep = 32

export class CostError extends ConditionError {}

export function createScope(facts: Record<string, unknown>): Scope {
  let left = maxSteps
  return {
    facts,
    locals: [],
    charge(steps) {
      left -= steps
      if (left < 0) throw new CostError(`the condition costs more than ${maxSteps} steps on this exchange`, 0)
    },
    error: (message, { pos }) => new ConditionError(message, pos),
  }
}
