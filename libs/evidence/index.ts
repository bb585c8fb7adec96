export { factsOf, withoutContent } from './facts.ts'
export {
  contentSalt,
  factsSalt,
  type LeafAttributes,
  leafRecord,
  saltBytes,
  saltedDigest,
} from './leaf.ts'
