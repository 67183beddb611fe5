import { ProductForm } from "./ProductForm"

export default function NewPage() {
  return <ProductForm />
}
