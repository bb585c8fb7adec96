export { factsOf } from './facts.ts'
export {
  factsSalt,
  type LeafAttributes,
  leafOfEvent,
  leafRecord,
  saltBytes,
  saltedDigest,
} from './leaf.ts'
