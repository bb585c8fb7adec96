export {
  type Opinion,
  type SecondStage,
  type SecondStageOptions,
  type SecondStageState,
  startSecondStage,
} from './second-stage.ts'
