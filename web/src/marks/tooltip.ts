/** Words beside the pointer. */
export interface Tip {
  x: number;
  y: number;
  title: string;
  text: string;
}
