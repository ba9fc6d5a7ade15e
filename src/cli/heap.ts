import { setFlagsFromString } from 'node:v8'

/**
 * Has V8 collect once what is kept has grown by a third: by itself it waits until it has grown four times. Of long work
 * that keeps little of each piece that costs some 5 % of the time and saves a quarter of the peak.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=30')
}

/**
 * Has V8 wait four times as long before it compiles a function to machine code. Tracing runs through very many
 * functions a little: what is compiled early seldom earns that back. Of 1,000 Dockerfiles it saves a third of the
 * processor time, of 5,000 a fifth.
 */
export function compileLate(): void {
  setFlagsFromString('--interrupt-budget=500000')
}
