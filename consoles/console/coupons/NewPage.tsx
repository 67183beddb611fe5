/** A new batch of coupons. */

import { Editor } from "./EditPage"

export default function NewPage() {
  return <Editor />
}
