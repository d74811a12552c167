import { type Line, SERVER } from "./line.ts";
import { addressAt, type Moment } from "./moment.ts";
import { posting } from "./request.ts";
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

interface EditOptions {
  /** The snapshot whose clusters are shown. */
  moment?: () => Moment | null;
  line?: Line;
}

/** The edits of one run on the server. */
export class EditClient implements EditSource {
  readonly #base: string;
  readonly #moment: () => Moment | null;
  readonly #line: Line;

  constructor(run: string, { moment = () => null, line = SERVER }: EditOptions = {}) {
    this.#base = `${run}/edits`;
    this.#moment = moment;
    this.#line = line;
  }

  /** Clusters have the ids that they have in the snapshot that is shown. */
  #address(what: string, asked: Record<string, string> = {}): string {
    return addressAt(`${this.#base}${what}`, this.#moment(), asked);
  }

  now(signal: AbortSignal): Promise<EditsScene> {
    return this.#line.read<EditsScene>(this.#address(""), signal);
  }

  make(request: EditRequest, signal: AbortSignal): Promise<EditsScene> {
    return this.#line.read<EditsScene>(this.#address(""), signal, posting(request));
  }

  undo(request: StepRequest, signal: AbortSignal): Promise<EditsScene> {
    return this.#line.read<EditsScene>(this.#address("/undo"), signal, posting(request));
  }

  redo(request: StepRequest, signal: AbortSignal): Promise<EditsScene> {
    return this.#line.read<EditsScene>(this.#address("/redo"), signal, posting(request));
  }

  jump(request: JumpRequest, signal: AbortSignal): Promise<EditsScene> {
    return this.#line.read<EditsScene>(this.#address("/jump"), signal, posting(request));
  }

  history({ first, count }: { first: number; count: number }, signal: AbortSignal): Promise<HistoryPage> {
    return this.#line.read<HistoryPage>(
      this.#address("/history", { first: String(first), count: String(count) }),
      signal,
    );
  }

  preview(edit: Regroup, signal: AbortSignal): Promise<Regrouping> {
    return this.#line.read<Regrouping>(this.#address("/preview"), signal, posting(edit));
  }

  async exported(signal: AbortSignal): Promise<string> {
    return (await this.#line.blob(this.#address("/export"), signal)).text();
  }

  take(file: string, signal: AbortSignal): Promise<CarryReport> {
    return this.#line.read<CarryReport>(this.#address("/import"), signal, { method: "POST", body: file });
  }

  async next(after: number, signal: AbortSignal): Promise<number> {
    const { revision } = await this.#line.read<EditsRevision>(`${this.#base}/events?after=${after}`, signal);
    return revision;
  }
}
