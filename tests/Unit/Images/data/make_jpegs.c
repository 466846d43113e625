/* Writes the JPEG files of this folder, of kinds that the program itself does not write:
 *   cc make_jpegs.c -ljpeg -o make_jpegs && ./make_jpegs
 * Each is 32 x 16 pixels; the left half is one colour, the right half another.
 *   cmyk.jpg        inks (51, 102, 153, 25) and (0, 255, 0, 0) of 255, stored as they are, no Adobe marker
 *   cmyk-adobe.jpg  the same inks, inverted, with Adobe marker (transform 0)
 *   ycck.jpg        the same inks, inverted, as YCCK with Adobe marker (transform 2)
 *   rgb.jpg         (200, 40, 90) and (20, 180, 60), stored as RGB without transform
 *   progressive.jpg the same, progressive, 4:4:4
 *   two.jpg         two components of unknown meaning
 */
#include <stdio.h>
#include <string.h>
#include <jpeglib.h>

static void write(const char* name, int components, J_COLOR_SPACE from, J_COLOR_SPACE to, int adobe, int progressive,
                  const unsigned char* left, const unsigned char* right) {
  struct jpeg_compress_struct jpeg;
  struct jpeg_error_mgr errors;
  FILE* file = fopen(name, "wb");
  unsigned char row[32 * 4];
  JSAMPROW rows[1] = {row};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  jpeg_stdio_dest(&jpeg, file);
  jpeg.image_width = 32;
  jpeg.image_height = 16;
  jpeg.input_components = components;
  jpeg.in_color_space = from;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, 100, TRUE);
  jpeg_set_colorspace(&jpeg, to);
  for (int i = 0; i < components; i++) jpeg.comp_info[i].h_samp_factor = jpeg.comp_info[i].v_samp_factor = 1;
  jpeg.write_Adobe_marker = adobe;
  if (progressive) jpeg_simple_progression(&jpeg);
  for (int x = 0; x < 32; x++) memcpy(row + x * components, x < 16 ? left : right, components);
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < 16) jpeg_write_scanlines(&jpeg, rows, 1);
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  fclose(file);
}

int main(void) {
  const unsigned char inks[2][4] = {{51, 102, 153, 25}, {0, 255, 0, 0}};
  const unsigned char inverted[2][4] = {{204, 153, 102, 230}, {255, 0, 255, 255}};
  const unsigned char colours[2][3] = {{200, 40, 90}, {20, 180, 60}};
  write("cmyk.jpg", 4, JCS_CMYK, JCS_CMYK, 0, 0, inks[0], inks[1]);
  write("cmyk-adobe.jpg", 4, JCS_CMYK, JCS_CMYK, 1, 0, inverted[0], inverted[1]);
  write("ycck.jpg", 4, JCS_CMYK, JCS_YCCK, 1, 0, inverted[0], inverted[1]);
  write("rgb.jpg", 3, JCS_RGB, JCS_RGB, 1, 0, colours[0], colours[1]);
  write("progressive.jpg", 3, JCS_RGB, JCS_YCbCr, 0, 1, colours[0], colours[1]);
  write("two.jpg", 2, JCS_UNKNOWN, JCS_UNKNOWN, 0, 0, colours[0], colours[1]);
  return 0;
}
