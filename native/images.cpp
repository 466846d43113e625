// PNG and JPEG in memory, for Scenograph.Torch.Images (C ABI, prefix sg_image_).
//
// Every entry returns 0, or 1 with one clause of English in `error` which the caller puts behind the file's name. Nothing here is
// static but constants, so any thread may call anything.
//
// libpng and libjpeg leave by longjmp. So each of their sessions is split in two: an outer object whose destructor releases what the
// library holds, and an inner function, holding only plain data, that calls setjmp and is the only frame a longjmp may cut short.
//
// A picture of N bytes may take at most 12 N bytes + 48 MiB for its pixels and, if it is progressive, its coefficients. With what
// the libraries need for rows and tables this stays under 16 N + 64 MB; a 100-byte file that declares 60,000 x 60,000 pixels is
// refused before anything is allocated.
#include <csetjmp>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <jpeglib.h>
#include <jerror.h>
#include <png.h>

#define SG_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

constexpr int ok = 0;
constexpr int failed = 1;
constexpr uint32_t largestSide = 65535;

// The caller's error buffer; the first error wins, since later ones follow from it.
struct Report {
  char* text;
  int32_t capacity;
  bool written;

  __attribute__((format(printf, 2, 3))) int Fail(const char* format, ...) {
    if (!written && text != nullptr && capacity > 0) {
      va_list arguments;
      va_start(arguments, format);
      vsnprintf(text, static_cast<size_t>(capacity), format, arguments);
      va_end(arguments);
      written = true;
    }
    return failed;
  }
};

// 18204 as "18,204".
struct Grouped {
  char text[32];

  explicit Grouped(uint64_t value) {
    char digits[24];
    const int count = snprintf(digits, sizeof digits, "%llu", static_cast<unsigned long long>(value));
    char* out = text;
    for (int i = 0; i < count; i++) {
      if (i > 0 && (count - i) % 3 == 0) *out++ = ',';
      *out++ = digits[i];
    }
    *out = 0;
  }
};

struct Input {
  const uint8_t* data;
  size_t length;
};

struct Shape {
  uint32_t width;
  uint32_t height;
  uint32_t channels;

  uint64_t Bytes() const { return uint64_t{width} * height * channels; }
};

uint64_t AllowedBytes(size_t inputLength) { return 12 * static_cast<uint64_t>(inputLength) + (48u << 20); }

int CheckSize(Report& report, const Input& input, const Shape& shape, uint64_t bytes) {
  if (bytes <= AllowedBytes(input.length)) return ok;
  return report.Fail(
      "the picture declares %s x %s pixels, which take %s bytes, but a file of %s bytes may not take more than %s (12 times the file "
      "and 48 MiB)",
      Grouped(shape.width).text, Grouped(shape.height).text, Grouped(bytes).text, Grouped(input.length).text,
      Grouped(AllowedBytes(input.length)).text);
}

// ---- PNG, reading ----

bool IsPng(const Input& input) { return input.length >= 4 && memcmp(input.data, "\x89PNG", 4) == 0; }

uint32_t BigEndian(const uint8_t* bytes) {
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3];
}

// Walks the chunks before libpng sees them: only so can the message say how long the file should have been.
int CheckPngLength(Report& report, const Input& input) {
  constexpr size_t signature = 8;
  constexpr size_t frame = 12;  // length, type and CRC of a chunk; also the whole of the end chunk
  const Grouped length(input.length);
  if (input.length < signature) return report.Fail("the PNG ends after %s bytes, within its signature", length.text);
  if (memcmp(input.data, "\x89PNG\r\n\x1a\n", signature) != 0)
    return report.Fail("the PNG's signature is damaged, as happens when a file is copied as text");
  for (size_t at = signature;;) {
    if (at == input.length) return report.Fail("the PNG ends after %s bytes without its end chunk", length.text);
    if (input.length - at < 8) return report.Fail("the PNG ends after %s of at least %s bytes", length.text, Grouped(at + frame).text);
    const uint64_t size = BigEndian(input.data + at);
    const bool isEnd = memcmp(input.data + at + 4, "IEND", 4) == 0;
    if (size > 0x7fffffff)
      return report.Fail("the PNG's chunk at byte %s declares %s bytes, more than a chunk may have", Grouped(at).text, Grouped(size).text);
    if (input.length - at < size + frame)
      return report.Fail("the PNG ends after %s of %s%s bytes", length.text, isEnd ? "" : "at least ",
                         Grouped(at + size + frame + (isEnd ? 0 : frame)).text);
    if (isEnd) return ok;
    at += size + frame;
  }
}

struct PngReader {
  Report* report;
  Input input;
  size_t position;
  png_structp png;
  png_infop info;
  bool asIndices;
  bool isPalette;
  int bitDepth;
  Shape shape;

  ~PngReader() {
    if (png != nullptr) png_destroy_read_struct(&png, &info, nullptr);
  }
};

void PngReadBytes(png_structp png, png_bytep target, size_t count) {
  auto* reader = static_cast<PngReader*>(png_get_io_ptr(png));
  if (count > reader->input.length - reader->position) png_error(png, "the data end too early");
  memcpy(target, reader->input.data + reader->position, count);
  reader->position += count;
}

[[noreturn]] void PngFail(png_structp png, png_const_charp message) {
  static_cast<Report*>(png_get_error_ptr(png))->Fail("the PNG is damaged (%s)", message);
  png_longjmp(png, 1);
}

void PngIgnoreWarning(png_structp, png_const_charp) {}

int StartPng(PngReader& reader) {
  reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader.report, PngFail, PngIgnoreWarning);
  if (reader.png != nullptr) reader.info = png_create_info_struct(reader.png);
  if (reader.info == nullptr) return reader.report->Fail("there is no memory left to read the PNG");
  return ok;
}

int ReadPngHeader(PngReader& reader) {
  if (setjmp(png_jmpbuf(reader.png))) return failed;
  png_set_read_fn(reader.png, &reader, PngReadBytes);
  png_set_user_limits(reader.png, largestSide, largestSide);
  // Comments, profiles and other extras are never looked into, so none of them can be a decompression bomb.
  png_set_keep_unknown_chunks(reader.png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_set_chunk_malloc_max(reader.png, 1 << 20);
  png_set_chunk_cache_max(reader.png, 16);
  png_read_info(reader.png, reader.info);

  const int type = png_get_color_type(reader.png, reader.info);
  const bool transparent = (type & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(reader.png, reader.info, PNG_INFO_tRNS) != 0;
  reader.isPalette = type == PNG_COLOR_TYPE_PALETTE;
  reader.bitDepth = png_get_bit_depth(reader.png, reader.info);
  reader.shape.width = png_get_image_width(reader.png, reader.info);
  reader.shape.height = png_get_image_height(reader.png, reader.info);
  reader.shape.channels = transparent ? 4 : type == PNG_COLOR_TYPE_GRAY ? 1 : 3;
  if (reader.asIndices) {
    if (type != PNG_COLOR_TYPE_PALETTE && type != PNG_COLOR_TYPE_GRAY)
      return reader.report->Fail("the PNG holds colours, but a mask must be a palette or grey PNG whose values are the labels");
    if (reader.bitDepth > 8) return reader.report->Fail("the PNG has 16 bits a pixel, but a mask must have at most 8");
    reader.shape.channels = 1;
  }
  return CheckSize(*reader.report, reader.input, reader.shape, reader.shape.Bytes());
}

// Indices lie in the first `width` bytes of each row of `pixels`; from right to left they make room for their colours.
int ExpandPalette(PngReader& reader, uint8_t* pixels, png_colorp palette, int count, png_bytep alpha, int alphaCount) {
  const uint32_t channels = reader.shape.channels;
  for (uint32_t y = 0; y < reader.shape.height; y++) {
    uint8_t* row = pixels + size_t{y} * reader.shape.width * channels;
    for (uint32_t x = reader.shape.width; x-- > 0;) {
      const int index = row[x];
      if (index >= count)
        return reader.report->Fail("the PNG's pixel at row %s, column %s has colour %d of a palette of %d", Grouped(y).text,
                                   Grouped(x).text, index, count);
      uint8_t* pixel = row + size_t{x} * channels;
      if (channels == 4) pixel[3] = index < alphaCount ? alpha[index] : 255;
      pixel[2] = palette[index].blue;
      pixel[1] = palette[index].green;
      pixel[0] = palette[index].red;
    }
  }
  return ok;
}

int ReadPngPixels(PngReader& reader, uint8_t* pixels) {
  if (setjmp(png_jmpbuf(reader.png))) return failed;
  png_structp png = reader.png;
  if (reader.asIndices || reader.isPalette) {
    png_set_packing(png);
  } else {
    if (reader.bitDepth == 16) png_set_scale_16(png);  // round(v / 257)
    if (reader.bitDepth < 8) png_set_expand_gray_1_2_4_to_8(png);
    if (reader.shape.channels == 4) {
      png_set_tRNS_to_alpha(png);
      png_set_gray_to_rgb(png);
    }
  }
  const int passes = png_set_interlace_handling(png);
  png_read_update_info(png, reader.info);
  const size_t stride = size_t{reader.shape.width} * reader.shape.channels;
  const size_t expected = reader.asIndices || reader.isPalette ? reader.shape.width : stride;
  if (png_get_rowbytes(png, reader.info) != expected) return reader.report->Fail("the PNG has a layout that is not understood");
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t y = 0; y < reader.shape.height; y++) png_read_row(png, pixels + y * stride, nullptr);
  png_read_end(png, nullptr);

  if (!reader.isPalette || reader.asIndices) return ok;
  png_colorp palette = nullptr;
  png_bytep alpha = nullptr;
  int count = 0;
  int alphaCount = 0;
  png_get_PLTE(png, reader.info, &palette, &count);
  png_get_tRNS(png, reader.info, &alpha, &alphaCount, nullptr);
  return ExpandPalette(reader, pixels, palette, count, alpha, alpha == nullptr ? 0 : alphaCount);
}

// ---- JPEG, reading ----

bool IsJpeg(const Input& input) { return input.length >= 2 && input.data[0] == 0xff && input.data[1] == 0xd8; }

struct JpegErrors {
  jpeg_error_mgr manager;  // first, since libjpeg hands back a pointer to it
  jmp_buf exit;
  Report* report;
};

[[noreturn]] void JpegFail(j_common_ptr common) {
  auto* errors = reinterpret_cast<JpegErrors*>(common->err);
  char message[JMSG_LENGTH_MAX];
  errors->manager.format_message(common, message);
  errors->report->Fail("the JPEG is damaged (%s)", message);
  longjmp(errors->exit, 1);
}

// libjpeg only warns of damaged data and goes on with grey; here that is an error. Oddities that change no pixel are let through.
void JpegWarn(j_common_ptr common, int level) {
  if (level >= 0) return;
  switch (common->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
      return;
    default:
      JpegFail(common);
  }
}

void StartJpegErrors(JpegErrors& errors, Report& report) {
  jpeg_std_error(&errors.manager);
  errors.manager.error_exit = JpegFail;
  errors.manager.emit_message = JpegWarn;
  errors.report = &report;
}

struct JpegReader {
  JpegErrors errors;
  jpeg_source_mgr source;
  jpeg_progress_mgr progress;
  jpeg_decompress_struct jpeg;
  Report* report;
  Input input;
  Shape shape;
  uint8_t* cmyk;  // one row, for CMYK pictures only
  bool created;

  ~JpegReader() {
    if (created) jpeg_destroy_decompress(&jpeg);
    free(cmyk);
  }
};

void JpegNothing(j_decompress_ptr) {}

boolean JpegOutOfData(j_decompress_ptr jpeg) {
  auto* reader = static_cast<JpegReader*>(jpeg->client_data);
  const Grouped length(reader->input.length);
  if (jpeg->output_scanline > 0 && jpeg->output_scanline < jpeg->output_height)
    reader->report->Fail("the JPEG ends after %s bytes, at row %s of %s", length.text, Grouped(jpeg->output_scanline).text,
                         Grouped(jpeg->output_height).text);
  else
    reader->report->Fail("the JPEG ends after %s bytes, before its end marker", length.text);
  longjmp(reader->errors.exit, 1);
}

void JpegSkip(j_decompress_ptr jpeg, long count) {
  if (count <= 0) return;
  if (static_cast<size_t>(count) > jpeg->src->bytes_in_buffer) JpegOutOfData(jpeg);
  jpeg->src->next_input_byte += count;
  jpeg->src->bytes_in_buffer -= static_cast<size_t>(count);
}

// A progressive file may repeat scans that cost a few bytes each and touch every coefficient: bound them.
void JpegProgress(j_common_ptr common) {
  constexpr int mostScans = 200;
  auto* jpeg = reinterpret_cast<j_decompress_ptr>(common);
  if (jpeg->input_scan_number <= mostScans) return;
  auto* reader = static_cast<JpegReader*>(jpeg->client_data);
  reader->report->Fail("the JPEG has more than %d scans", mostScans);
  longjmp(reader->errors.exit, 1);
}

int ReadJpegHeader(JpegReader& reader) {
  StartJpegErrors(reader.errors, *reader.report);
  jpeg_decompress_struct& jpeg = reader.jpeg;
  jpeg.err = &reader.errors.manager;
  if (setjmp(reader.errors.exit)) return failed;
  jpeg_create_decompress(&jpeg);
  reader.created = true;
  jpeg.client_data = &reader;
  reader.source.next_input_byte = reader.input.data;
  reader.source.bytes_in_buffer = reader.input.length;
  reader.source.init_source = JpegNothing;
  reader.source.fill_input_buffer = JpegOutOfData;
  reader.source.skip_input_data = JpegSkip;
  reader.source.resync_to_restart = jpeg_resync_to_restart;
  reader.source.term_source = JpegNothing;
  jpeg.src = &reader.source;
  reader.progress.progress_monitor = JpegProgress;
  jpeg.progress = &reader.progress;
  jpeg_read_header(&jpeg, TRUE);

  switch (jpeg.jpeg_color_space) {
    case JCS_GRAYSCALE:
      jpeg.out_color_space = JCS_GRAYSCALE;
      reader.shape.channels = 1;
      break;
    case JCS_YCbCr:
    case JCS_RGB:
      jpeg.out_color_space = JCS_RGB;
      reader.shape.channels = 3;
      break;
    case JCS_CMYK:
    case JCS_YCCK:
      jpeg.out_color_space = JCS_CMYK;
      reader.shape.channels = 3;
      break;
    default:
      return reader.report->Fail("the JPEG has %d components, but grey (1), colour (3) and CMYK (4) are read", jpeg.num_components);
  }
  reader.shape.width = jpeg.image_width;
  reader.shape.height = jpeg.image_height;

  uint64_t bytes = reader.shape.Bytes();
  if (jpeg_has_multiple_scans(&jpeg))  // then libjpeg keeps every coefficient of the picture, 16 bits each
    for (int i = 0; i < jpeg.num_components; i++) {
      const jpeg_component_info& component = jpeg.comp_info[i];
      const uint64_t across = component.width_in_blocks + uint64_t{4};  // it rounds up to whole units of at most 4 blocks
      const uint64_t down = component.height_in_blocks + uint64_t{4};
      bytes += across * down * DCTSIZE2 * sizeof(JCOEF);
    }
  if (CheckSize(*reader.report, reader.input, reader.shape, bytes) != ok) return failed;
  jpeg.mem->max_memory_to_use = static_cast<long>(AllowedBytes(reader.input.length));
  return ok;
}

uint8_t Product255(uint32_t a, uint32_t b) { return static_cast<uint8_t>((a * b + 127) / 255); }

int ReadJpegPixels(JpegReader& reader, uint8_t* pixels) {
  jpeg_decompress_struct& jpeg = reader.jpeg;
  const size_t width = reader.shape.width;
  if (jpeg.out_color_space == JCS_CMYK) {
    reader.cmyk = static_cast<uint8_t*>(malloc(width * 4));
    if (reader.cmyk == nullptr) return reader.report->Fail("there is no memory left to read the JPEG");
  }
  if (setjmp(reader.errors.exit)) return failed;
  jpeg_start_decompress(&jpeg);
  if (jpeg.output_width != reader.shape.width || jpeg.output_height != reader.shape.height)
    return reader.report->Fail("the JPEG changes its size midway");
  const uint32_t inverted = jpeg.saw_Adobe_marker ? 0 : 255;  // Adobe stores 255 - ink
  while (jpeg.output_scanline < jpeg.output_height) {
    uint8_t* target = pixels + jpeg.output_scanline * width * reader.shape.channels;
    JSAMPROW row = reader.cmyk != nullptr ? reader.cmyk : target;
    jpeg_read_scanlines(&jpeg, &row, 1);
    if (reader.cmyk == nullptr) continue;
    for (size_t x = 0; x < width; x++) {
      const uint8_t* ink = reader.cmyk + 4 * x;
      for (int c = 0; c < 3; c++) target[3 * x + c] = Product255(ink[c] ^ inverted, ink[3] ^ inverted);
    }
  }
  jpeg_finish_decompress(&jpeg);
  return ok;
}

// ---- either ----

int RefuseKind(Report& report, const Input& input) {
  struct Kind {
    const char* magic;
    size_t length;
    const char* name;
  };
  static constexpr Kind kinds[] = {{"GIF8", 4, "a GIF"},  {"BM", 2, "a BMP"},         {"RIFF", 4, "a WebP or other RIFF file"},
                                   {"II*\0", 4, "a TIFF"}, {"MM\0*", 4, "a TIFF"},     {"\x1f\x8b", 2, "gzip-compressed"},
                                   {"PK\3\4", 4, "a zip"}, {"%PDF", 4, "a PDF"}};
  if (input.length == 0) return report.Fail("the file is empty, but a PNG or JPEG was expected");
  for (const Kind& kind : kinds)
    if (input.length >= kind.length && memcmp(input.data, kind.magic, kind.length) == 0)
      return report.Fail("the file is %s, but a PNG or JPEG was expected", kind.name);
  char start[32] = "";
  for (size_t i = 0; i < input.length && i < 4; i++) snprintf(start + 3 * i, sizeof start - 3 * i, " %02X", input.data[i]);
  return report.Fail("the file is neither a PNG nor a JPEG: it begins with the bytes%s", start);
}

// `pixels` null: the shape alone. Otherwise `size` must be what the shape asks for.
int Read(Report& report, const Input& input, bool asIndices, Shape& shape, uint8_t* pixels, uint64_t size) {
  if (IsPng(input)) {
    if (CheckPngLength(report, input) != ok) return failed;
    PngReader reader{};
    reader.report = &report;
    reader.input = input;
    reader.asIndices = asIndices;
    if (StartPng(reader) != ok || ReadPngHeader(reader) != ok) return failed;
    shape = reader.shape;
    if (pixels == nullptr) return ok;
    if (size != shape.Bytes()) return report.Fail("the buffer for the pixels has the wrong size");
    return ReadPngPixels(reader, pixels);
  }
  if (IsJpeg(input)) {
    if (asIndices) return report.Fail("the file is a JPEG, which does not keep labels exactly, but a mask must be a PNG");
    JpegReader reader{};
    reader.report = &report;
    reader.input = input;
    if (ReadJpegHeader(reader) != ok) return failed;
    shape = reader.shape;
    if (pixels == nullptr) return ok;
    if (size != shape.Bytes()) return report.Fail("the buffer for the pixels has the wrong size");
    return ReadJpegPixels(reader, pixels);
  }
  return RefuseKind(report, input);
}

// ---- writing ----

// Bytes written so far; plain data, so that a longjmp over its users is harmless.
struct Output {
  uint8_t* bytes;
  size_t length;
  size_t capacity;

  // Room for `count` more bytes; false when there is no memory.
  bool Reserve(size_t count) {
    if (count <= capacity - length) return true;
    size_t wanted = capacity == 0 ? 4096 : capacity;
    while (wanted - length < count) wanted *= 2;
    auto* grown = static_cast<uint8_t*>(realloc(bytes, wanted));
    if (grown == nullptr) return false;
    bytes = grown;
    capacity = wanted;
    return true;
  }

  // Hands the bytes to the caller, who frees them.
  void Release(uint8_t** target, int64_t* count) {
    *target = bytes;
    *count = static_cast<int64_t>(length);
    bytes = nullptr;
  }
};

struct PngWriter {
  Report* report;
  png_structp png;
  png_infop info;
  Output output;

  ~PngWriter() {
    if (png != nullptr) png_destroy_write_struct(&png, &info);
    free(output.bytes);
  }
};

[[noreturn]] void PngWriteFail(png_structp png, png_const_charp message) {
  static_cast<Report*>(png_get_error_ptr(png))->Fail("the PNG cannot be written (%s)", message);
  png_longjmp(png, 1);
}

void PngAppend(png_structp png, png_bytep source, size_t count) {
  Output& output = static_cast<PngWriter*>(png_get_io_ptr(png))->output;
  if (!output.Reserve(count)) png_error(png, "there is no memory left");
  memcpy(output.bytes + output.length, source, count);
  output.length += count;
}

void PngFlushNothing(png_structp) {}

// `palette`: `colours` triples of red, green, blue, or null for grey, RGB and RGBA.
int WritePng(PngWriter& writer, const Shape& shape, const uint8_t* pixels, const uint8_t* palette, int colours, int level) {
  writer.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, writer.report, PngWriteFail, PngIgnoreWarning);
  if (writer.png != nullptr) writer.info = png_create_info_struct(writer.png);
  if (writer.info == nullptr) return writer.report->Fail("there is no memory left to write the PNG");
  if (setjmp(png_jmpbuf(writer.png))) return failed;
  png_structp png = writer.png;
  png_set_write_fn(png, &writer, PngAppend, PngFlushNothing);
  png_set_compression_level(png, level);
  const int type = palette != nullptr    ? PNG_COLOR_TYPE_PALETTE
                   : shape.channels == 1 ? PNG_COLOR_TYPE_GRAY
                   : shape.channels == 3 ? PNG_COLOR_TYPE_RGB
                                         : PNG_COLOR_TYPE_RGB_ALPHA;
  png_set_IHDR(png, writer.info, shape.width, shape.height, 8, type, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  if (palette != nullptr) {
    png_color entries[256];
    for (int i = 0; i < colours; i++) entries[i] = {palette[3 * i], palette[3 * i + 1], palette[3 * i + 2]};
    png_set_PLTE(png, writer.info, entries, colours);
  }
  png_write_info(png, writer.info);
  const size_t stride = size_t{shape.width} * shape.channels;
  for (uint32_t y = 0; y < shape.height; y++) png_write_row(png, pixels + y * stride);
  png_write_end(png, nullptr);
  return ok;
}

struct JpegWriter {
  JpegErrors errors;
  jpeg_destination_mgr destination;
  jpeg_compress_struct jpeg;
  Output output;
  bool created;

  ~JpegWriter() {
    if (created) jpeg_destroy_compress(&jpeg);
    free(output.bytes);
  }
};

constexpr size_t jpegBlock = 1 << 16;

// (libjpeg's own memory destination loses track of its buffer when an error comes in between.)
void JpegOfferRoom(j_compress_ptr jpeg) {
  auto* writer = static_cast<JpegWriter*>(jpeg->client_data);
  if (!writer->output.Reserve(jpegBlock)) ERREXIT1(jpeg, JERR_OUT_OF_MEMORY, 0);
  writer->destination.next_output_byte = writer->output.bytes + writer->output.length;
  writer->destination.free_in_buffer = jpegBlock;
}

boolean JpegBlockFull(j_compress_ptr jpeg) {
  static_cast<JpegWriter*>(jpeg->client_data)->output.length += jpegBlock;
  JpegOfferRoom(jpeg);
  return TRUE;
}

void JpegLastBlock(j_compress_ptr jpeg) {
  auto* writer = static_cast<JpegWriter*>(jpeg->client_data);
  writer->output.length += jpegBlock - writer->destination.free_in_buffer;
}

int WriteJpeg(JpegWriter& writer, Report& report, const Shape& shape, const uint8_t* pixels, int quality) {
  StartJpegErrors(writer.errors, report);
  jpeg_compress_struct& jpeg = writer.jpeg;
  jpeg.err = &writer.errors.manager;
  if (setjmp(writer.errors.exit)) return failed;
  jpeg_create_compress(&jpeg);
  writer.created = true;
  jpeg.client_data = &writer;
  writer.destination.init_destination = JpegOfferRoom;
  writer.destination.empty_output_buffer = JpegBlockFull;
  writer.destination.term_destination = JpegLastBlock;
  jpeg.dest = &writer.destination;
  jpeg.image_width = shape.width;
  jpeg.image_height = shape.height;
  jpeg.input_components = static_cast<int>(shape.channels);
  jpeg.in_color_space = shape.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  const size_t stride = size_t{shape.width} * shape.channels;
  while (jpeg.next_scanline < jpeg.image_height) {
    JSAMPROW row = const_cast<JSAMPROW>(pixels + jpeg.next_scanline * stride);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  return ok;
}

// What a picture to be written must be; the managed side has checked it already.
int CheckWritable(Report& report, const void* pixels, int32_t width, int32_t height, bool channelsFit) {
  if (pixels == nullptr || width < 1 || height < 1 || width > 65535 || height > 65535 || !channelsFit)
    return report.Fail("a picture of %d x %d pixels and these channels cannot be written", width, height);
  return ok;
}

// No C++ exception may reach the managed caller.
template <typename Body>
int Guarded(Report& report, Body body) {
  try {
    return body();
  } catch (...) {
    return report.Fail("the picture library failed unexpectedly");
  }
}

}  // namespace

// Shape of the decoded picture: channels 1 (grey), 3 (RGB) or 4 (RGB and straight alpha); with `indices` 1 always 1.
SG_EXPORT int32_t sg_image_header(const uint8_t* data, int64_t length, int32_t indices, int32_t* width, int32_t* height,
                                  int32_t* channels, char* error, int32_t capacity) {
  Report report{error, capacity, false};
  return Guarded(report, [&] {
    Shape shape{};
    const Input input{data, static_cast<size_t>(length)};
    if (Read(report, input, indices != 0, shape, nullptr, 0) != ok) return failed;
    *width = static_cast<int32_t>(shape.width);
    *height = static_cast<int32_t>(shape.height);
    *channels = static_cast<int32_t>(shape.channels);
    return ok;
  });
}

// Fills `pixels`, rows from the top, channels innermost; `size` = width x height x channels of sg_image_header.
SG_EXPORT int32_t sg_image_decode(const uint8_t* data, int64_t length, int32_t indices, uint8_t* pixels, int64_t size, char* error,
                                  int32_t capacity) {
  Report report{error, capacity, false};
  return Guarded(report, [&] {
    Shape shape{};
    const Input input{data, static_cast<size_t>(length)};
    return Read(report, input, indices != 0, shape, pixels, static_cast<uint64_t>(size));
  });
}

// PNG of 8 bits a channel in `*bytes`, to be released by sg_image_free. `palette` (3 x colours bytes) only with one channel.
SG_EXPORT int32_t sg_image_encode_png(const uint8_t* pixels, int32_t width, int32_t height, int32_t channels, const uint8_t* palette,
                                      int32_t colours, int32_t level, uint8_t** bytes, int64_t* length, char* error,
                                      int32_t capacity) {
  Report report{error, capacity, false};
  return Guarded(report, [&] {
    const bool fits = palette != nullptr ? channels == 1 && colours >= 1 && colours <= 256 : channels == 1 || channels == 3 || channels == 4;
    if (CheckWritable(report, pixels, width, height, fits) != ok) return failed;
    const Shape shape{static_cast<uint32_t>(width), static_cast<uint32_t>(height), static_cast<uint32_t>(channels)};
    PngWriter writer{};
    writer.report = &report;
    if (WritePng(writer, shape, pixels, palette, colours, level) != ok) return failed;
    writer.output.Release(bytes, length);
    return ok;
  });
}

// Baseline JPEG (4:2:0 for colour) of quality 1 to 100 in `*bytes`, to be released by sg_image_free.
SG_EXPORT int32_t sg_image_encode_jpeg(const uint8_t* pixels, int32_t width, int32_t height, int32_t channels, int32_t quality,
                                       uint8_t** bytes, int64_t* length, char* error, int32_t capacity) {
  Report report{error, capacity, false};
  return Guarded(report, [&] {
    if (CheckWritable(report, pixels, width, height, channels == 1 || channels == 3) != ok) return failed;
    const Shape shape{static_cast<uint32_t>(width), static_cast<uint32_t>(height), static_cast<uint32_t>(channels)};
    JpegWriter writer{};
    if (WriteJpeg(writer, report, shape, pixels, quality) != ok) return failed;
    writer.output.Release(bytes, length);
    return ok;
  });
}

SG_EXPORT void sg_image_free(void* bytes) { free(bytes); }

// Names and versions of the codecs, e.g. "libpng 1.6.39, libjpeg-turbo 2.1.5", for `scenograph doctor`.
SG_EXPORT const char* sg_image_codecs() {
#define SG_TEXT2(x) #x
#define SG_TEXT(x) SG_TEXT2(x)
#ifdef LIBJPEG_TURBO_VERSION
  return "libpng " PNG_LIBPNG_VER_STRING ", libjpeg-turbo " SG_TEXT(LIBJPEG_TURBO_VERSION);
#else
  return "libpng " PNG_LIBPNG_VER_STRING ", libjpeg API " SG_TEXT(JPEG_LIB_VERSION);
#endif
}
