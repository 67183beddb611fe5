import { Editor } from "./EditPage"

export default function NewPage() {
  return <Editor />
}
