import { PresaleEditor } from "./PresaleEditor"

export default function NewPresalePage() {
  return <PresaleEditor />
}
