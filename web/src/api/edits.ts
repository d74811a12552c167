import { ask, posting, read } from "./request.ts";
import type {
  CarryReport,
  EditRequest,
  EditsRevision,
  EditsScene,
  HistoryPage,
  JumpRequest,
  Regroup,
  Regrouping,
  StepRequest,
} from "./types.ts";

export type Edit = EditRequest["edit"];

/** Where the edits of a run are made and kept. What is refused is thrown; a conflict carries the edits as they are. */
export interface EditSource {
  now(signal: AbortSignal): Promise<EditsScene>;
  make(request: EditRequest, signal: AbortSignal): Promise<EditsScene>;
  undo(request: StepRequest, signal: AbortSignal): Promise<EditsScene>;
  redo(request: StepRequest, signal: AbortSignal): Promise<EditsScene>;
  /** Undo or redo until as many edits hold as asked for. */
  jump(request: JumpRequest, signal: AbortSignal): Promise<EditsScene>;
  /** A part of the history list, oldest first. */
  history(of: { first: number; count: number }, signal: AbortSignal): Promise<HistoryPage>;
  preview(edit: Regroup, signal: AbortSignal): Promise<Regrouping>;
  /** All edited layers, as the text of a file. */
  exported(signal: AbortSignal): Promise<string>;
  take(file: string, signal: AbortSignal): Promise<CarryReport>;
  /** Resolves with the newest revision when it is another one than this, or after a while all the same. */
  next(after: number, signal: AbortSignal): Promise<number>;
}

/** The edits of one run on the server. */
export class EditClient implements EditSource {
  readonly #base: string;

  constructor(run: string) {
    this.#base = `${run}/edits`;
  }

  now(signal: AbortSignal): Promise<EditsScene> {
    return read<EditsScene>(this.#base, signal);
  }

  make(request: EditRequest, signal: AbortSignal): Promise<EditsScene> {
    return read<EditsScene>(this.#base, signal, posting(request));
  }

  undo(request: StepRequest, signal: AbortSignal): Promise<EditsScene> {
    return read<EditsScene>(`${this.#base}/undo`, signal, posting(request));
  }

  redo(request: StepRequest, signal: AbortSignal): Promise<EditsScene> {
    return read<EditsScene>(`${this.#base}/redo`, signal, posting(request));
  }

  jump(request: JumpRequest, signal: AbortSignal): Promise<EditsScene> {
    return read<EditsScene>(`${this.#base}/jump`, signal, posting(request));
  }

  history({ first, count }: { first: number; count: number }, signal: AbortSignal): Promise<HistoryPage> {
    return read<HistoryPage>(`${this.#base}/history?first=${first}&count=${count}`, signal);
  }

  preview(edit: Regroup, signal: AbortSignal): Promise<Regrouping> {
    return read<Regrouping>(`${this.#base}/preview`, signal, posting(edit));
  }

  async exported(signal: AbortSignal): Promise<string> {
    return (await ask(`${this.#base}/export`, signal)).text();
  }

  take(file: string, signal: AbortSignal): Promise<CarryReport> {
    return read<CarryReport>(`${this.#base}/import`, signal, { method: "POST", body: file });
  }

  async next(after: number, signal: AbortSignal): Promise<number> {
    const { revision } = await read<EditsRevision>(`${this.#base}/events?after=${after}`, signal);
    return revision;
  }
}
