/** To the process that has the model. */
export type ToClassifier = { id: number; passage: string }

/** From it. */
export type FromClassifier =
  | { kind: 'loaded'; model: string; loadMs: number }
  | { kind: 'unusable'; message: string }
  | { kind: 'judged'; id: number; confidence: number }
  | { kind: 'failed'; id: number; message: string }

export type ClassifierSettings = {
  /** Has `model.onnx` and `tokenizer.json`. */
  directory: string
  /** Has `node_modules` with the packages that run a model. */
  modulesDirectory: string
  threads: number
}
