import { api } from "@kit/api/client"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { ProductForm } from "./ProductForm"

export default function EditPage() {
  const code = usePlace("product")
  const product = api.useQuery(
    "get",
    "/v1/products/{code}",
    { params: { path: { code } } },
    { refetchOnWindowFocus: false, staleTime: 0, gcTime: 0 },
  )
  return <Answer of={product}>{(found) => <ProductForm product={found} />}</Answer>
}
