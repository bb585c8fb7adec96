import type { JsonObject } from '../../json.ts'
import type { ChangedFrom } from '../../wire-format.ts'
import { withoutLogprobs } from '../../without-logprobs.ts'
import { withoutShiftedAnnotations } from './without-shifted-annotations.ts'

/** Log probabilities spell the text out once more, and annotations point to places in it. */
export function withoutEchoes(
  json: JsonObject,
  changedFrom: ChangedFrom,
  isChanged: boolean,
): JsonObject | undefined {
  return withoutShiftedAnnotations(isChanged ? withoutLogprobs(json) : json, changedFrom)
}
