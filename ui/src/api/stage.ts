import { playRecorded } from "./recordings";

playRecorded();
