import { asksSecondStage, type CompiledPolicySet } from '@airs-cp/policy-engine'
import type { Logger } from '@airs-cp/runtime'
import { type SecondStage, type SecondStageOptions, startSecondStage } from '@airs-cp/second-stage'

/** Starts the second stage that is configured, and logs what becomes of it. */
export function openSecondStage(options: SecondStageOptions, log: Logger): SecondStage {
  return startSecondStage({
    ...options,
    onState(state) {
      if (state.kind === 'loaded') log.info(state, 'second stage is loaded')
      if (state.kind === 'restarting') log.warn(state, 'second stage ended; it is started again')
      if (state.kind === 'unusable') log.error(state, 'second stage cannot be used')
    },
  })
}

/** What a person should know of the second stage: whether it is loaded, and that a policy asks for one that is not there. */
export function secondStageNotes(
  stage: SecondStage | undefined,
  controls: { policies: { current(): CompiledPolicySet | undefined } },
): Record<'secondStage' | 'secondStageLoaded', () => string | undefined> {
  return {
    secondStage() {
      const state = stage?.state()
      if (state?.kind === 'loaded') return undefined
      if (state) return `${describe(state)}; the first stage decides alone`
      const asking = controls.policies.current()?.policies.filter(asksSecondStage) ?? []
      if (asking.length === 0) return undefined
      const names = asking.map(({ document }) => document.name).join(', ')
      return `${names} asks for a second stage and none is configured (AIRS_SECOND_STAGE_DIR); the first stage decides alone`
    },
    secondStageLoaded() {
      const state = stage?.state()
      if (state?.kind !== 'loaded') return undefined
      return `the second stage is loaded: model ${state.model}, in ${state.loadMs} ms`
    },
  }
}

function describe(state: Exclude<ReturnType<SecondStage['state']>, { kind: 'loaded' }>): string {
  switch (state.kind) {
    case 'loading':
      return 'the model of the second stage is being loaded'
    case 'restarting':
      return `the second stage is started again: ${state.message}`
    case 'unusable':
      return `the second stage cannot be used: ${state.message}`
  }
}
