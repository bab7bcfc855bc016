export { MediaPlaneModule } from './media-plane.module.js';
