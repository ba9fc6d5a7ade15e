/** How far the reading of one image is. */
export interface ScanProgress {
  /** As typed. */
  readonly target: string
  /** How many layers it has; 0 while that is not known: a stream tells it at its end. */
  readonly layers: number
  /** Layers that are read whole, or known from the cache. */
  readonly done: number
  /** Bytes read so far of all layers, packed as they came. */
  readonly bytes: number
  /** How many targets of the run are done; absent where it is one alone. */
  readonly targets?: { readonly done: number; readonly all: number }
}
