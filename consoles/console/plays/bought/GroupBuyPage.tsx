import { api } from "@kit/api/client"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { GroupBuyEditor } from "./GroupBuyEditor"

export default function GroupBuyPage() {
  const code = usePlace("play")
  const found = api.useQuery("get", "/v1/group-buys/{code}", { params: { path: { code } } })
  return <Answer of={found}>{(shown) => <GroupBuyEditor key={shown.version} shown={shown} />}</Answer>
}
