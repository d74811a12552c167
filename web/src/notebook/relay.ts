import type { Answer, FromPage, Question, ToPage } from "../api/bridge.ts";

/** What the kernel says; an answer's content comes as the message's buffer. */
export type FromKernel =
  /** The question has arrived: the kernel is alive, and not busy with a cell. */
  | { kind: "heard"; view: string; id: number }
  | { kind: "answer"; view: string; id: number; status: number; type: string };

export type ToKernel =
  | (Omit<Question, "kind"> & { kind: "ask"; view: string })
  | { kind: "drop"; view: string; id: number };

/** How it is with the kernel: silent when it has not taken up a question for a while, lost when it never will. */
export type Health = "well" | "silent" | "lost";

export interface RelayOptions {
  /** Name of this view: several of one widget share its messages. */
  view: string;
  /** Throws when there is no kernel. */
  send: (message: ToKernel) => void;
  tell: (message: ToPage, transfer: ArrayBuffer[]) => void;
  onhealth: (health: Health) => void;
  /** Milliseconds that a kernel may take to hear a question. */
  patience?: number;
}

/** Passes the page's questions on to the kernel, and its answers back. */
export class Relay {
  readonly #options: RelayOptions;
  readonly #open = new Set<number>();
  readonly #unheard = new Map<number, ReturnType<typeof setTimeout>>();
  readonly #own = new Map<number, (answer: Answer | null) => void>();
  #health: Health = "well";
  #lastOwn = 0;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** Ask for something oneself; null: there is no kernel. */
  ask(address: string): Promise<Answer | null> {
    // The page counts upwards.
    this.#lastOwn -= 1;
    const id = this.#lastOwn;
    return new Promise((resolve) => {
      this.#own.set(id, resolve);
      this.#pass({ kind: "ask", id, method: "GET", address, body: "" });
    });
  }

  fromPage(message: FromPage): void {
    if (message.kind === "ask") this.#pass(message);
    else if (message.kind === "drop") this.#drop(message.id);
  }

  fromKernel(message: FromKernel, buffers: readonly DataView[]): void {
    if (message.view !== this.#options.view) return;
    this.#heard(message.id);
    if (message.kind !== "answer" || !this.#open.delete(message.id)) return;
    const { id, status, type } = message;
    this.#answer({ kind: "answer", id, status, type, content: contentOf(buffers[0]) });
  }

  /** The kernel has ended. */
  lost(): void {
    this.#set("lost");
    for (const id of [...this.#open]) this.#lose(id);
  }

  /** The page is another one now: nobody waits for what the last one asked. */
  forget(): void {
    for (const id of [...this.#open]) if (id > 0) this.#drop(id);
  }

  #pass(question: Question): void {
    const { view, send, patience = 4000 } = this.#options;
    this.#open.add(question.id);
    if (this.#health === "lost") {
      this.#lose(question.id);
      return;
    }
    this.#unheard.set(
      question.id,
      setTimeout(() => this.#set("silent"), patience),
    );
    try {
      send({ ...question, view });
    } catch {
      this.lost();
    }
  }

  #drop(id: number): void {
    if (!this.#open.delete(id)) return;
    this.#forgetTimer(id);
    if (this.#health !== "lost") this.#options.send({ kind: "drop", view: this.#options.view, id });
  }

  #heard(id: number): void {
    this.#forgetTimer(id);
    if (this.#health === "silent") this.#set("well");
  }

  #lose(id: number): void {
    this.#open.delete(id);
    this.#forgetTimer(id);
    const own = this.#own.get(id);
    this.#own.delete(id);
    if (own) own(null);
    else this.#options.tell({ kind: "lost", id }, []);
  }

  #answer(answer: Answer): void {
    const own = this.#own.get(answer.id);
    this.#own.delete(answer.id);
    if (own) own(answer);
    else this.#options.tell(answer, [answer.content]);
  }

  #forgetTimer(id: number): void {
    clearTimeout(this.#unheard.get(id));
    this.#unheard.delete(id);
  }

  #set(health: Health): void {
    if (this.#health === health || this.#health === "lost") return;
    this.#health = health;
    this.#options.onhealth(health);
  }
}

/** A copy of its own, which can be handed over. */
function contentOf(buffer: DataView | undefined): ArrayBuffer {
  if (!buffer) return new ArrayBuffer(0);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength).slice().buffer as ArrayBuffer;
}
