import { Button } from "@/components/Button";
import { Modal } from "@/components/Modal";

interface Props {
  title: string;
  /** What happens then. */
  description: string;
  /** On the button that does it. */
  action: string;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before what cannot be undone or costs money. */
export function Confirm({ title, description, action, onConfirm, onClose }: Props) {
  const confirm = () => {
    onClose();
    onConfirm();
  };
  return (
    <Modal title={title} description={description} onClose={onClose}>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Leave it</Button>
        <Button look="danger" onClick={confirm}>
          {action}
        </Button>
      </div>
    </Modal>
  );
}
