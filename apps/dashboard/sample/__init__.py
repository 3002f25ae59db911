"""An invented sales department: the same generator for a first look and for a million deals."""
