export { type AddCheckpoint, formatAddCheckpoint, parseAddCheckpoint } from './add-checkpoint.ts'
export { AssemblyError, nodesBeside, TreeAssembly } from './assembly.ts'
export { fromBase64 } from './base64.ts'
export { decodeBundle, encodeBundle } from './bundle.ts'
export {
  type Checkpoint,
  CheckpointError,
  checkpointBody,
  checkpointText,
  parseCheckpointText,
} from './checkpoint.ts'
export { Frontier, frontierNodes } from './frontier.ts'
export { emptyRoot, type Hash, hashBytes, leafHash, nodeHash, sha256 } from './hash.ts'
export { KeptTree } from './kept-tree.ts'
export {
  createSigner,
  formatVerifierKey,
  type KeyAlgorithm,
  KeyError,
  parseSigner,
  parseVerifierKey,
  type Signer,
  type VerifierKey,
  verifierKey,
} from './keys.ts'
export {
  findSignatures,
  type Note,
  NoteError,
  type NoteSignature,
  parseNote,
  parseSignatureLine,
  signatureLine,
  signNote,
  type VerifiedSignature,
  verifyNote,
} from './note.ts'
export { formatProofFile, type ProofFile, ProofFileError, parseProofFile } from './proof-file.ts'
export {
  consistencyRanges,
  inclusionRanges,
  rootOfInclusion,
  verifyConsistency,
  verifyInclusion,
} from './proofs.ts'
export { type LeafRange, type PerfectNode, perfectNodes, type ReadNodes, rangeHashes } from './subtrees.ts'
export {
  hashOfSpan,
  parseTilePath,
  splitHashes,
  type Tile,
  tileHashes,
  tileHeight,
  tilePath,
  tileSpan,
  tilesOf,
  tileWidth,
} from './tiles.ts'
export { createWitness, type Witness, type WitnessMemory, type WitnessResponse } from './witness.ts'
export {
  isQuorum,
  PolicyFileError,
  type PolicyGroup,
  type PolicyLog,
  type PolicyWitness,
  parseWitnessPolicy,
  type WitnessPolicy,
} from './witness-policy.ts'
