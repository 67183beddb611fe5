import { api } from "@kit/api/client"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { PresaleEditor } from "./PresaleEditor"

export default function PresalePage() {
  const code = usePlace("play")
  const found = api.useQuery("get", "/v1/presales/{code}", { params: { path: { code } } })
  return <Answer of={found}>{(shown) => <PresaleEditor key={shown.version} shown={shown} />}</Answer>
}
