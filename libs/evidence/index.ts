export { factsOf, withoutContent } from './facts.ts'
export {
  contentSalt,
  factsSalt,
  type LeafAttributes,
  leafOfEvent,
  leafRecord,
  saltBytes,
  saltedDigest,
} from './leaf.ts'
