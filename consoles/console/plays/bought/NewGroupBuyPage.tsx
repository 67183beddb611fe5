import { GroupBuyEditor } from "./GroupBuyEditor"

export default function NewGroupBuyPage() {
  return <GroupBuyEditor />
}
